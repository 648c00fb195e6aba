/* A map beside the question for an area of one's own: corners are set by pointer or by keyboard, and the question gets the outline as GeoJSON. */
(() => {
  "use strict";

  const field = document.querySelector("textarea[data-draw-area]");
  const data = JSON.parse(document.getElementById(field?.dataset.drawArea)?.textContent || "null");
  if (!field || !data || !window.L) return;

  const DIGITS = 5;
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const ground = element("div", "map-ground");
  const said = element("p", "hint");
  said.setAttribute("role", "status");
  build();

  const map = L.map(ground, { scrollWheelZoom: false, minZoom: 6, maxZoom: 17, zoomAnimation: !still, fadeAnimation: !still, attributionControl: Boolean(data.tile_url) });
  map.attributionControl?.setPrefix(false);
  map.setView([53.62, -1.88], 11); // before anything is drawn: Leaflet places outlines by what is seen
  if (data.tile_url) L.tileLayer(data.tile_url, { attribution: data.tile_attribution || "", maxZoom: 17 }).addTo(map);
  const around = data.areas
    ? L.geoJSON(data.areas, { interactive: false, style: () => ({ className: data.tile_url ? "map-area over-tiles" : "map-area", weight: 1.2 }) }).addTo(map)
    : null;
  const pasted = L.geoJSON(null, { interactive: false, style: () => ({ className: "map-area tone-served" }) }).addTo(map);
  const outline = L.polygon([], { interactive: false, className: "map-area tone-served" }).addTo(map);
  const handles = L.layerGroup().addTo(map);
  let corners = [];

  for (const place of data.places) {
    L.tooltip({ permanent: true, direction: "center", className: "map-area-name", interactive: false })
      .setLatLng([place.lat, place.lon])
      .setContent(words(place.name))
      .addTo(map);
  }
  if (around?.getLayers().length) map.fitBounds(around.getBounds(), { animate: false });
  map.on("click", (event) => add(event.latlng));
  map.on("zoomend moveend", thinNames);
  field.addEventListener("change", read);
  read();
  thinNames();

  function build() {
    const box = element("div", "draw-area");
    const frame = element("div", "map live");
    const cross = element("span", "draw-cross");
    cross.setAttribute("aria-hidden", "true");
    frame.setAttribute("role", "group");
    frame.setAttribute("aria-label", "Map to draw your area on");
    frame.append(ground, cross);
    const buttons = element("p", "buttons");
    buttons.append(
      button("Put a corner in the middle of the map", () => add(map.getCenter())),
      button("Take the last corner away", () => change(corners.slice(0, -1))),
      button("Begin again", () => change([])),
    );
    const how = element("p", "hint");
    how.textContent = "Press on the map at each corner of your area, one after the other. Or move the map with the arrow keys, and put a corner in its middle.";
    box.append(how, frame, buttons, said);
    field.before(box);
  }

  /** What is written in the question: one plain outline can be changed here, anything else is only shown. */
  function read() {
    let shape = null;
    try {
      shape = JSON.parse(field.value);
    } catch {
      shape = null;
    }
    pasted.clearLayers();
    const rings = shape?.type === "Polygon" ? shape.coordinates : [];
    if (rings.length === 1 && Array.isArray(rings[0]) && rings[0].length < 200) {
      corners = rings[0].slice(0, -1).map(([lon, lat]) => L.latLng(lat, lon));
    } else {
      corners = [];
      if (shape) show(shape);
    }
    draw();
    if (corners.length) map.fitBounds(outline.getBounds(), { animate: false, maxZoom: 14 });
  }

  function show(shape) {
    try {
      pasted.addData(shape);
      map.fitBounds(pasted.getBounds(), { animate: false, maxZoom: 14 });
    } catch {
      pasted.clearLayers();
    }
  }

  function add(spot) {
    change([...corners, spot.wrap()]);
  }

  function change(now) {
    corners = now;
    pasted.clearLayers();
    const ring = corners.map((spot) => [Number(spot.lng.toFixed(DIGITS)), Number(spot.lat.toFixed(DIGITS))]);
    field.value = ring.length > 2 ? JSON.stringify({ type: "Polygon", coordinates: [[...ring, ring[0]]] }) : "";
    // Drawing is typing for whoever keeps what is typed.
    field.dispatchEvent(new Event("input", { bubbles: true }));
    draw();
  }

  function draw() {
    outline.setLatLngs(corners);
    handles.clearLayers();
    corners.forEach((spot, number) => {
      const icon = L.divIcon({ className: "draw-corner", html: "", iconSize: [24, 24] });
      const handle = L.marker(spot, { icon, draggable: true, keyboard: false, title: `Corner ${number + 1}` }).addTo(handles);
      handle.on("dragend", () => change(corners.map((each, at) => (at === number ? handle.getLatLng() : each))));
    });
    const many = corners.length;
    said.textContent = many === 0 ? "No corner yet." : many < 3 ? `${many} of at least 3 corners.` : `${many} corners. The outline is closed.`;
  }

  /** Names that would lie over each other are left away. */
  function thinNames() {
    const taken = [];
    map.eachLayer((layer) => {
      const node = layer instanceof L.Tooltip ? layer.getElement() : null;
      if (!node) return;
      const middle = map.latLngToContainerPoint(layer.getLatLng());
      const half = L.point(node.textContent.length * 4.5 + 6, 12);
      const box = L.bounds(middle.subtract(half), middle.add(half));
      const free = !taken.some((other) => other.intersects(box));
      if (free) taken.push(box);
      node.hidden = !free;
    });
  }

  function element(name, className) {
    const made = document.createElement(name);
    made.className = className;
    return made;
  }

  function button(text, press) {
    const made = element("button", "button second");
    made.type = "button";
    made.textContent = text;
    made.addEventListener("click", press);
    return made;
  }

  function words(text) {
    const node = document.createElement("span");
    node.textContent = text;
    return node;
  }
})();
