/* The map beside a list, drawn by Leaflet. Pins have the numbers of the list; pin and card light each other up. Where it may be moved, it asks for
   what lies in its window: single places, or round marks with a number where there are many. Without this file the drawn map stays. */
(() => {
  "use strict";

  const PAUSE = 250;
  // Pins and round marks nearer than these many pixels would hide each other.
  const APART = 40;
  const MARKS_APART = 54;
  // What a pin says is as wide as a name takes, and is not hidden by the two buttons in the corner.
  const POPUP = { minWidth: 180, maxWidth: 220, autoPanPaddingTopLeft: [68, 8] };

  const box = document.querySelector("[data-finder-map]");
  if (!box) return;
  const data = JSON.parse(document.getElementById(box.dataset.finderMap)?.textContent || "null");
  const pins = data?.pins || [];
  const places = pins.map((pin) => [pin.lat, pin.lon]);
  const card = (id) => document.getElementById(`result-${id}`);

  /** Call these while a card or a pin is pointed at or has the focus, and after. */
  function watched(end, begins, ends) {
    end.addEventListener("mouseenter", begins);
    end.addEventListener("mouseleave", ends);
    end.addEventListener("focusin", begins);
    end.addEventListener("focusout", ends);
  }

  /** Light up card and pin together, from either side. */
  function pair(id, pin) {
    const one = card(id);
    const light = (on) => () => {
      pin.classList.toggle("lit", on);
      one?.classList.toggle("lit", on);
    };
    for (const end of [pin, one]) if (end) watched(end, light(true), light(false));
  }

  function linkDrawnPins() {
    for (const pin of box.querySelectorAll("[data-pin]")) pair(pin.dataset.pin, pin);
  }

  function drawLiving() {
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    const ground = document.createElement("div");
    ground.className = "map-ground";
    box.replaceChildren(ground);
    box.classList.add("live");
    const map = L.map(ground, {
      scrollWheelZoom: false,
      zoomSnap: 0.25,
      minZoom: 5,
      maxZoom: 17,
      zoomAnimation: !still,
      fadeAnimation: !still,
      markerZoomAnimation: !still,
      attributionControl: Boolean(box.dataset.tileUrl),
    });
    map.attributionControl?.setPrefix(false);
    if (box.dataset.tileUrl) {
      L.tileLayer(box.dataset.tileUrl, { attribution: box.dataset.tileAttribution || "", maxZoom: 17 }).addTo(map);
    }
    const areas = data.areas?.features.length ? shapes(data.areas).addTo(map) : null;
    look(map, areas);
    const markers = pins.map((pin) => drawPin(map, pin));
    if (data.home) drawHome(map, data.home);
    part(map, markers);
    map.on("zoomend", () => part(map, markers));
    useKeys(map);
    // Lines, and names of areas, are for the eye: the list says where things are.
    for (const pane of ["overlayPane", "tooltipPane"]) map.getPane(pane).setAttribute("aria-hidden", "true");
    if (data.ground) drawGround(map);
    drawServed(map);
    if (data.ask) new Surroundings(map, markers);
  }

  /** Enter and Space press a pin or a round mark, as they press a button; what a pin says takes the focus, and gives it back when it is closed. */
  function useKeys(map) {
    const ground = map.getContainer();
    let pressed = null;
    let opener = null;
    ground.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && opener) map.closePopup();
      if (!["Enter", " "].includes(event.key) || !event.target.classList.contains("map-marker")) return;
      event.preventDefault();
      pressed = event.target;
      pressed.click();
      pressed = null;
    });
    map.on("popupopen", ({ popup }) => {
      popup.getElement().querySelector(".leaflet-popup-close-button").setAttribute("aria-label", "Close");
      opener = pressed;
      if (opener) popup.getElement().querySelector(".leaflet-popup-content a").focus({ preventScroll: true });
    });
    map.on("popupclose", () => {
      const pin = opener;
      opener = null;
      if (pin?.isConnected) pin.focus({ preventScroll: true });
    });
  }

  /** What one of our addresses answers with; nothing where it does not. */
  async function read(url, signal) {
    try {
      const answer = await fetch(url, { signal });
      return answer.ok ? await answer.json() : null;
    } catch {
      return null;
    }
  }

  /** Move pins that would hide each other or the yellow dot apart, each as little as it takes; anew at every zoom, from where they really are. */
  function part(map, markers) {
    // A pin stands up and to the right of its place: standing here, it would have the dot in its middle.
    const placed = data.home ? [map.latLngToLayerPoint([data.home.lat, data.home.lon]).add([-20, 20])] : [];
    markers.forEach((marker, index) => marker.setLatLng(besides(map, places[index], placed, APART)));
  }

  /** The nearest position to this one that keeps its distance from all that are placed; it is one of them then. */
  function besides(map, position, placed, apart) {
    const there = map.latLngToLayerPoint(position);
    let spot = there;
    for (let step = 0; step < 400 && placed.some((other) => other.distanceTo(spot) < apart); step++) {
      const away = (apart / 3) * Math.sqrt(step + 1);
      spot = there.add(L.point(Math.cos(step * 2.4) * away, Math.sin(step * 2.4) * away));
    }
    placed.push(spot);
    return spot === there ? position : map.layerPointToLatLng(spot);
  }

  /** Where to look first: what the page asks for, else all pins and the home, else the areas. */
  function look(map, areas) {
    const seen = data.home ? [...places, [data.home.lat, data.home.lon]] : places;
    const bounds = data.bounds ? L.latLngBounds(data.bounds) : seen.length ? L.latLngBounds(seen) : areas?.getBounds();
    if (bounds?.isValid()) map.fitBounds(bounds, { paddingTopLeft: [24, 60], paddingBottomRight: [60, 24], maxZoom: 14, animate: false });
    else map.setView([53.62, -1.89], 11);
  }

  function shapes(collection) {
    const plain = !box.dataset.tileUrl;
    return L.geoJSON(collection, {
      interactive: false,
      style: (feature) => ({ className: feature.properties?.tone ? `map-area tone-${feature.properties.tone}` : plain ? "map-area" : "map-area over-tiles", weight: 1.2 }),
      onEachFeature: (feature, layer) => {
        const name = feature.properties?.name;
        if (name && plain) layer.bindTooltip(words(name), { permanent: true, direction: "center", className: "map-area-name", interactive: false });
      },
    });
  }

  /** The areas below everything else; the browser keeps them for the next map. */
  async function drawGround(map) {
    const collection = await read(data.ground);
    if (!collection) return;
    const areas = shapes(collection).addTo(map).bringToBack();
    map.getPane("tooltipPane").style.zIndex = 450; // names lie under the pins
    map.on("moveend zoomend viewreset", () => fitNames(map, areas));
    fitNames(map, areas);
  }

  /** A name that does not fit into its area, would be cut by the edge or lie over another says nothing; larger areas first. */
  function fitNames(map, areas) {
    const size = map.getSize();
    const taken = [];
    const named = areas.getLayers().filter((layer) => layer.getTooltip());
    const width = (layer) => {
      const bounds = layer.getBounds();
      return map.latLngToLayerPoint(bounds.getSouthEast()).x - map.latLngToLayerPoint(bounds.getNorthWest()).x;
    };
    for (const layer of named.sort((one, other) => width(other) - width(one))) {
      const middle = map.latLngToContainerPoint(layer.getCenter());
      const half = L.point(layer.feature.properties.name.length * 5 + 8, 13);
      const bounds = L.bounds(middle.subtract(half), middle.add(half));
      const inside = bounds.min.x > 0 && bounds.min.y > 0 && bounds.max.x < size.x && bounds.max.y < size.y;
      const fits = inside && width(layer) > half.x * 1.4 && !taken.some((other) => other.intersects(bounds));
      if (fits) taken.push(bounds);
      layer[fits ? "openTooltip" : "closeTooltip"]();
    }
  }

  /** The area that a card's service covers, while the card is pointed at or has the focus. Each outline is fetched once. */
  function drawServed(map) {
    const known = new Map();
    const cards = document.querySelectorAll("[data-area]");
    if (cards.length) key("Point at one in the list: a dashed line shows the area it covers, as far as it can be drawn.");
    for (const one of cards) {
      let wanted = false;
      let drawn;
      watched(
        one,
        async () => {
          wanted = true;
          const url = one.dataset.area;
          if (!known.has(url)) known.set(url, read(url));
          const collection = await known.get(url);
          if (!wanted || drawn || !collection) return;
          drawn = L.geoJSON(collection, { interactive: false, style: { className: "map-area tone-served", weight: 3 } }).addTo(map);
        },
        () => {
          wanted = false;
          drawn?.remove();
          drawn = undefined;
        },
      );
    }
  }

  /** A line below the map. */
  function key(text) {
    const line = document.createElement("p");
    line.className = "map-key";
    line.textContent = text;
    box.after(line);
    return line;
  }

  /** What lies in the window besides the list's own pins, asked for anew when the map has come to rest. */
  class Surroundings {
    constructor(map, markers) {
      this.map = map;
      this.markers = markers;
      this.own = new Set(pins.map((pin) => pin.id));
      this.layer = L.layerGroup().addTo(map);
      this.line = key("");
      this.line.setAttribute("role", "status");
      this.first = true;
      map.on("moveend", () => {
        clearTimeout(this.pause);
        this.pause = setTimeout(() => this.ask(), PAUSE);
      });
      this.ask();
    }

    async ask() {
      this.asked?.abort();
      this.asked = new AbortController();
      const { signal } = this.asked;
      const bounds = this.map.getBounds().toBBoxString().split(",").map((edge, at) => Math.min(Math.max(Number(edge), at % 2 ? -90 : -180), at % 2 ? 90 : 180).toFixed(5)).join(",");
      const url = new URL(data.ask, location.href);
      url.searchParams.set("bbox", bounds);
      url.searchParams.set("zoom", Math.round(this.map.getZoom()));
      const found = await read(url, signal);
      if (found && !signal.aborted) this.draw(found, bounds);
    }

    draw({ clusters, points }, bounds) {
      const held = this.layer.getLayers().find((marker) => marker.getElement() === document.activeElement);
      const inFocus = held?.mark;
      this.layer.clearLayers();
      // Where places are gathered, pins of the list would be counted twice: they lie in the round marks.
      const gathered = clusters.map((one) => L.latLngBounds([one.bbox[1], one.bbox[0]], [one.bbox[3], one.bbox[2]]));
      this.markers.forEach((marker, at) => {
        const hidden = gathered.some((inside) => inside.contains(places[at]));
        if (hidden && marker.getElement() !== document.activeElement) marker.remove();
        else if (!this.map.hasLayer(marker)) {
          marker.addTo(this.map);
          label(marker, pins[at]);
        }
      });
      const others = points.filter((point) => !this.own.has(point.id));
      const placed = this.markers.filter((marker) => this.map.hasLayer(marker)).map((marker) => this.map.latLngToLayerPoint(marker.getLatLng()));
      for (const one of clusters) this.cluster(one, placed);
      for (const one of others) this.point(one);
      const again = inFocus && this.layer.getLayers().find((marker) => marker.mark === inFocus);
      if (again) again.getElement().focus({ preventScroll: true });
      else if (inFocus) this.map.getContainer().focus({ preventScroll: true });
      this.tell(clusters.reduce((sum, one) => sum + one.count, 0) + points.length, bounds);
    }

    cluster({ lat, lon, count, bbox }, placed) {
      const size = count < 10 ? 44 : count < 100 ? 52 : 60;
      const icon = L.divIcon({ className: "map-marker cluster", html: words(String(count)), iconSize: [size, size] });
      const marker = L.marker(besides(this.map, [lat, lon], placed, MARKS_APART), { icon, riseOnHover: true });
      marker.mark = `${lat},${lon}`;
      marker.on("click", () => {
        const inside = L.latLngBounds([bbox[1], bbox[0]], [bbox[3], bbox[2]]);
        const zoom = Math.max(this.map.getBoundsZoom(inside, false, L.point(40, 40)), this.map.getZoom() + 1);
        this.map.getContainer().focus({ preventScroll: true });
        this.map.setView(inside.getCenter(), Math.min(zoom, this.map.getMaxZoom()));
      });
      this.layer.addLayer(marker);
      marker.getElement().setAttribute("aria-label", `${count} places here: look closer`);
    }

    /** A place that is not on this page of the list. There may be hundreds, so Tab passes them by: "List what is on this map" holds them all. */
    point({ id, name, lat, lon }) {
      const icon = L.divIcon({ className: "map-marker dot", html: "", iconSize: [30, 30] });
      const marker = L.marker([lat, lon], { icon, keyboard: false, title: name, riseOnHover: true });
      marker.bindPopup(() => linkTo(`/services/${id}/`, name), POPUP);
      this.layer.addLayer(marker);
    }

    /** How many are in the window, and the way to them as a list; said only when somebody has moved the map. */
    tell(count, bounds) {
      const list = new URL(data.list, location.href);
      list.searchParams.set("bbox", bounds);
      const link = document.createElement("a");
      link.href = list;
      link.textContent = "List what is on this map";
      const more = count > new Set(this.markers).size || !this.first;
      this.line.replaceChildren(...(more && count ? [`${count} ${count === 1 ? "place" : "places"} on this map. `, link] : more ? ["No place on this part of the map."] : []));
      this.first = false;
    }
  }

  function drawPin(map, pin) {
    const icon = L.divIcon({ className: "map-marker", html: words(String(pin.number)), iconSize: [44, 44], iconAnchor: [2, 42], popupAnchor: [20, -38] });
    const marker = L.marker([pin.lat, pin.lon], { icon, riseOnHover: true, zIndexOffset: 500 }).addTo(map);
    marker.bindPopup(() => linkTo(pin.url || `#result-${pin.id}`, pin.name, pin.number), POPUP);
    label(marker, pin);
    return marker;
  }

  /** Name a pin's drawing for those who hear it, and pair it with its card; a marker gets a new drawing whenever it comes back. */
  function label(marker, pin) {
    const drawn = marker.getElement();
    drawn.setAttribute("aria-label", `${pin.number}: ${pin.name}`);
    pair(pin.id, drawn);
  }

  function linkTo(url, name, number) {
    const line = document.createElement("p");
    const link = document.createElement("a");
    link.href = url;
    link.textContent = name;
    if (number) line.append(`${number}. `);
    line.append(link);
    return line;
  }

  function drawHome(map, home) {
    const icon = L.divIcon({ className: "map-marker home", html: "", iconSize: [22, 22] });
    const marker = L.marker([home.lat, home.lon], { icon, keyboard: false, interactive: false, zIndexOffset: 1000 }).addTo(map);
    marker.getElement().setAttribute("role", "img");
    marker.getElement().setAttribute("aria-label", home.name || "You");
  }

  /** Words as a node, so that no name is ever read as HTML. */
  function words(text) {
    const node = document.createElement("span");
    node.textContent = text;
    return node;
  }

  linkDrawnPins();
  if (window.L && data && (data.bounds || data.areas || places.length)) drawLiving();
})();
