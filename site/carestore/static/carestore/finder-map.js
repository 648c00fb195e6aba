/* The map beside a list, drawn by Leaflet from the JSON that the page carries. Pins have the numbers of the list; pin and card light each other up. */
(() => {
  "use strict";

  const box = document.querySelector("[data-finder-map]");
  if (!box) return;
  const data = JSON.parse(document.getElementById(box.dataset.finderMap)?.textContent || "null");
  const pins = data?.pins || [];
  const places = pins.map((pin) => [pin.lat, pin.lon]);
  const card = (id) => document.getElementById(`result-${id}`);

  linkDrawnPins();
  if (window.L && data && (data.bounds || data.areas || places.length)) drawLiving();

  /** Light up card and pin together, from either side. */
  function pair(id, pin) {
    const one = card(id);
    const light = (on) => () => {
      pin.classList.toggle("lit", on);
      one?.classList.toggle("lit", on);
    };
    for (const end of [pin, one]) {
      if (!end) continue;
      end.addEventListener("mouseenter", light(true));
      end.addEventListener("mouseleave", light(false));
      end.addEventListener("focusin", light(true));
      end.addEventListener("focusout", light(false));
    }
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
      minZoom: 6,
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
    const areas = data.areas ? shapes() : null;
    look(map, areas);
    if (areas) drawAreas(map, areas);
    const markers = pins.map((pin) => drawPin(map, pin));
    if (data.home) drawHome(map, data.home);
    part(map, markers);
    map.on("zoomend", () => part(map, markers));
  }

  /** Move pins that would hide each other apart, each as little as it takes; anew at every zoom, from where they really are. */
  function part(map, markers) {
    const apart = 40;
    const placed = [];
    markers.forEach((marker, index) => {
      const there = map.latLngToLayerPoint(places[index]);
      let spot = there;
      for (let step = 0; step < 400 && placed.some((other) => other.distanceTo(spot) < apart); step++) {
        const away = (apart / 3) * Math.sqrt(step + 1);
        spot = there.add(L.point(Math.cos(step * 2.4) * away, Math.sin(step * 2.4) * away));
      }
      placed.push(spot);
      marker.setLatLng(spot === there ? places[index] : map.layerPointToLatLng(spot));
    });
  }

  /** Where to look first: what the page asks for, else all pins and the home, else the areas. */
  function look(map, areas) {
    const seen = data.home ? [...places, [data.home.lat, data.home.lon]] : places;
    const bounds = data.bounds ? L.latLngBounds(data.bounds) : seen.length ? L.latLngBounds(seen) : areas?.getBounds();
    if (bounds?.isValid()) map.fitBounds(bounds, { paddingTopLeft: [24, 60], paddingBottomRight: [60, 24], maxZoom: 14, animate: false });
    else map.setView([53.62, -1.89], 11);
  }

  function shapes() {
    const plain = !box.dataset.tileUrl;
    return L.geoJSON(data.areas, {
      interactive: false,
      style: (feature) => ({ className: feature.properties?.tone ? `map-area tone-${feature.properties.tone}` : plain ? "map-area" : "map-area over-tiles", weight: 1.2 }),
      onEachFeature: (feature, layer) => {
        const name = feature.properties?.name;
        if (name && plain) layer.bindTooltip(words(name), { permanent: true, direction: "center", className: "map-area-name", interactive: false });
      },
    });
  }

  function drawAreas(map, areas) {
    areas.addTo(map);
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
      const box = L.bounds(middle.subtract(half), middle.add(half));
      const inside = box.min.x > 0 && box.min.y > 0 && box.max.x < size.x && box.max.y < size.y;
      const fits = inside && width(layer) > half.x * 1.4 && !taken.some((other) => other.intersects(box));
      if (fits) taken.push(box);
      layer[fits ? "openTooltip" : "closeTooltip"]();
    }
  }

  function drawPin(map, pin) {
    const icon = L.divIcon({ className: "map-marker", html: words(String(pin.number)), iconSize: [44, 44], iconAnchor: [2, 42], popupAnchor: [20, -38] });
    const marker = L.marker([pin.lat, pin.lon], { icon, riseOnHover: true }).addTo(map);
    marker.bindPopup(() => {
      const line = document.createElement("p");
      const link = document.createElement("a");
      link.href = pin.url || `#result-${pin.id}`;
      link.textContent = pin.name;
      line.append(`${pin.number}. `, link);
      return line;
    });
    const drawn = marker.getElement();
    drawn.setAttribute("aria-label", `${pin.number}: ${pin.name}`);
    pair(pin.id, drawn);
    return marker;
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
})();
