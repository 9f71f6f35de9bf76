// The part of tskd's views that a browser draws: an ES module for anywidget, without dependencies, without network.
// Text from the kernel is only ever set as text (textContent), never as HTML.

// Small things

const el = (tag, props = {}, ...kids) => {
  const e = document.createElement(tag)
  for (const [k, v] of Object.entries(props)) {
    if (v == null || v === false) continue
    if (k.startsWith('on')) e.addEventListener(k.slice(2), v)
    else if (k in e && k !== 'list' && !k.includes('-')) e[k] = v
    else e.setAttribute(k, v === true ? '' : v)
  }
  e.append(...kids.filter(k => k != null))
  return e
}
const clamp = (v, a, b) => Math.min(b, Math.max(a, v))
const finite = Number.isFinite
const round = (v, n) => finite(v) ? v.toFixed(n) : 'not defined'
const short = (s, n) => s.length <= n ? s : s.slice(0, Math.ceil(n*.6)) + '…' + s.slice(s.length - Math.floor(n*.4) + 1)
const within = (pen, s, width) => { // as much of a name as there is room for
  let n = s.length; if (pen.measureText(s).width <= width) return s
  while (n > 4 && pen.measureText(short(s, n)).width > width) n--
  return short(s, n)
}
const debounce = (f, ms) => { let t; return (...a) => { clearTimeout(t); t = setTimeout(() => f(...a), ms) } }
const floats = view => view && view.byteLength ? new Float32Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength)) : new Float32Array(0)
const fill = (select, options, value) => { // [text, value] pairs
  const now = JSON.stringify(options)
  if (select.dataset.options !== now) {
    select.replaceChildren(...options.map(([text, v]) => el('option', {textContent: text, value: String(v)})))
    select.dataset.options = now
  }
  select.value = String(value)
}
const menu = (label, change) => {
  const select = el('select', {'aria-label': label, onchange: () => change(select.value)})
  return select
}
const named = (text, label) => /[a-z]/i.test(text) && !label.includes(text) ? `${text}: ${label}` : label // what is read aloud has what is seen in it
const button = (text, label, click, props = {}) => el('button', {type: 'button', textContent: text, title: label, 'aria-label': named(text, label), onclick: click, ...props})
const press = (b, on) => { b.setAttribute('aria-pressed', String(!!on)); b.classList.toggle('on', !!on) }

// Colours: those of the page around it, also when its theme changes

const rgb = text => { // any CSS colour -> [r, g, b]
  const pen = rgb.pen ??= Object.assign(document.createElement('canvas'), {width: 1, height: 1}).getContext('2d', {willReadFrequently: true})
  pen.clearRect(0, 0, 1, 1); pen.fillStyle = text; pen.fillRect(0, 0, 1, 1)
  return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3)
}
const theme = root => {
  const of = getComputedStyle(root), get = name => of.getPropertyValue(name).trim()
  const ink = get('--tk-ink') || '#222', paper = get('--tk-paper') || '#fff'
  return {ink, paper, faint: get('--tk-faint') || '#ddd', soft: get('--tk-soft') || '#666', dark: rgb(paper)[0] < 110, font: of.fontFamily || 'sans-serif'}
}
const lit = (colour, t) => { // a line's colour, lighter where the paper is dark
  if (!t.dark) return colour
  return `rgb(${rgb(colour).map(v => Math.round(v + (255 - v)*.38)).join()})`
}

// Asking the kernel: one question at a time; while it is on its way, only the last wish of each kind is kept

class Line {
  constructor(model) { this.model = model; this.busy = false; this.want = new Map(); this.seq = 0; this.sent = 0; this.dropped = 0
    this.answered = () => { this.busy = false; clearTimeout(this.late); this.next() }
    model.on('change:answered', this.answered) }
  ask(what) { if (this.want.has(what.do)) this.dropped++
    this.want.delete(what.do); this.want.set(what.do, what); if (!this.busy) this.next() }
  waits(kind) { return this.want.has(kind) || (this.busy && this.last === kind) }
  next() {
    const [kind] = this.want.keys(); if (kind === undefined) return
    const what = this.want.get(kind); this.want.delete(kind); this.busy = true; this.last = kind; this.sent++
    this.late = setTimeout(this.answered, 8000)                       // the kernel is busy with a cell, or gone
    this.model.send({...what, seq: ++this.seq})
  }
  close() { clearTimeout(this.late); this.model.off('change:answered', this.answered) }
}

// A canvas that follows its box, is sharp on any screen, and draws at most once a frame

class Sheet {
  constructor(label, height, draw) {
    this.canvas = el('canvas', {tabIndex: 0, role: 'img', 'aria-label': label})
    this.box = el('div', {className: 'tk-sheet'}, this.canvas); this.box.style.height = height + 'px'
    this.pen = this.canvas.getContext('2d'); this.draw = draw; this.w = this.h = 0
    this.frames = []                                                     // milliseconds of each drawing, for tests
    this.watch = new ResizeObserver(() => this.ask()); this.watch.observe(this.box)
  }
  ask() { this.wanted ??= requestAnimationFrame(() => { this.wanted = undefined; this.now() }) }
  now() {
    const w = this.box.clientWidth, h = this.box.clientHeight, d = window.devicePixelRatio || 1
    if (!w || !h) return
    if (this.canvas.width !== Math.round(w*d) || this.canvas.height !== Math.round(h*d)) { this.canvas.width = Math.round(w*d); this.canvas.height = Math.round(h*d) }
    this.w = w; this.h = h; this.pen.setTransform(d, 0, 0, d, 0, 0); this.pen.clearRect(0, 0, w, h)
    const start = performance.now(); this.draw(this.pen, w, h)
    this.frames.push(performance.now() - start); if (this.frames.length > 300) this.frames.shift()
  }
  at(event) { const r = this.canvas.getBoundingClientRect(); return [event.clientX - r.left, event.clientY - r.top] }
  close() { this.watch.disconnect(); cancelAnimationFrame(this.wanted) }
}

// Ticks

const nice = (lo, hi, n = 5) => {
  const raw = (hi - lo)/n || 1, base = 10**Math.floor(Math.log10(raw)), step = [1, 2, 2.5, 5, 10].map(k => k*base).find(s => s >= raw) ?? raw
  const out = []; for (let v = Math.ceil(lo/step)*step; v <= hi + step*1e-6 && out.length < 30; v += step) out.push(+v.toPrecision(10))
  return out
}
const decades = (lo, hi) => { // 1, 2, 5, 10 … between two logarithms
  const out = []; for (let e = Math.floor(lo); e <= hi; e++) for (const k of [1, 2, 5]) { const m = Math.log10(k) + e; if (m >= lo && m <= hi) out.push(k*10**e) }
  return out
}
const say = v => Math.abs(v) >= 1e5 ? v.toExponential(0) : String(+v.toPrecision(6))
const quantile = (sorted, q) => { const i = (sorted.length - 1)*q, a = Math.floor(i); return sorted[a] + ((sorted[a + 1] ?? sorted[a]) - sorted[a])*(i - a) }
const mean = values => values.length ? values.reduce((a, b) => a + b, 0)/values.length : NaN

const SHAPES = { // a marker of radius r
  o: (p, x, y, r) => p.arc(x, y, r, 0, 7), s: (p, x, y, r) => p.rect(x - r*.9, y - r*.9, 1.8*r, 1.8*r),
  D: (p, x, y, r) => { p.moveTo(x, y - r*1.2); p.lineTo(x + r*1.2, y); p.lineTo(x, y + r*1.2); p.lineTo(x - r*1.2, y); p.closePath() },
  '^': (p, x, y, r) => { p.moveTo(x, y - r*1.2); p.lineTo(x + r*1.1, y + r); p.lineTo(x - r*1.1, y + r); p.closePath() },
  v: (p, x, y, r) => { p.moveTo(x, y + r*1.2); p.lineTo(x + r*1.1, y - r); p.lineTo(x - r*1.1, y - r); p.closePath() },
  P: (p, x, y, r) => { p.rect(x - r*.45, y - r*1.1, r*.9, r*2.2); p.rect(x - r*1.1, y - r*.45, r*2.2, r*.9) },
}
const DASHES = [[], [6, 3], [1.5, 3], [7, 3, 1.5, 3], [10, 4], [3, 3]]
const mark = (pen, shape, x, y, r) => { pen.beginPath(); (SHAPES[shape] ?? SHAPES.o)(pen, x, y, r); pen.fill() }

// What both views have: a place for errors, a tooltip, a width

class Front {
  constructor(model, host) {
    this.model = model; this.root = el('div', {className: 'tk'}); host.append(this.root)
    this.line = new Line(model); this.undo = []
    this.said = el('div', {className: 'tk-said', role: 'alert', hidden: true})
    this.tip = el('div', {className: 'tk-tip', role: 'status', hidden: true})
    this.live = el('div', {className: 'tk-unseen', 'aria-live': 'polite'})
    this.root.append(this.said, this.tip, this.live)
    this.on('said', () => this.tell(model.get('said')))
    this.tell(model.get('said'))
    const watch = new MutationObserver(() => this.paint()); watch.observe(document.body, {attributes: true, attributeFilter: ['data-jp-theme-light', 'data-jp-theme-name', 'class']})
    const media = matchMedia('(prefers-color-scheme: dark)'), repaint = () => this.paint(); media.addEventListener('change', repaint)
    const size = new ResizeObserver(() => this.fit()); size.observe(this.root)
    const around = () => this.root.closest('.jp-OutputArea-output') ?? this.root, keys = e => around().contains(e.target) // a key pressed here, or in a menu beside it, is no command of JupyterLab's; Ctrl+S is
      && e.target.toggleAttribute('data-lm-suppress-shortcuts', !e.ctrlKey && !e.metaKey)
    addEventListener('keydown', keys, true); this.undo.push(() => removeEventListener('keydown', keys, true))
    this.undo.push(() => { watch.disconnect(); size.disconnect(); media.removeEventListener('change', repaint); this.line.close() })
  }
  on(trait, f) { const safe = () => this.guard(f); this.model.on('change:' + trait, safe); this.undo.push(() => this.model.off('change:' + trait, safe)) }
  guard(f) { try { return f() } catch (e) { this.tell(String(e?.message ?? e)); throw e } } // an error is seen by whoever looks, not only in the console
  tell(text) { this.said.textContent = text || ''; this.said.hidden = !text }
  fit() { const w = this.root.clientWidth; if (w) this.root.dataset.width = w < 560 ? 'narrow' : w < 980 ? 'middle' : 'wide'; this.paint() }
  paint() {}
  hint(x, y, lines) { // at the pointer, inside the view
    if (!lines) { this.tip.hidden = true; return }
    this.tip.replaceChildren(...lines.map((l, i) => el(i ? 'div' : 'b', {textContent: l}))); this.tip.hidden = false
    const r = this.root.getBoundingClientRect(), w = this.tip.offsetWidth, h = this.tip.offsetHeight
    this.tip.style.left = clamp(x - r.left + 14, 0, Math.max(0, r.width - w - 2)) + 'px'
    this.tip.style.top = (y - r.top + 18 + h > r.height ? y - r.top - h - 10 : y - r.top + 18) + 'px'
  }
  close() { for (const f of this.undo) f(); this.root.remove() }
}

// Pictures: pixels and label maps come as packed arrays; outlines are vectors over the whole label, and the view clips them

const unpack = async a => { // {shape, kind, data: zlib} -> {h, w, c, values}
  if (!a) return null
  if (!a.ready) a.ready = (async () => {
    const stream = new Blob([a.data]).stream().pipeThrough(new DecompressionStream('deflate'))
    const bytes = await new Response(stream).arrayBuffer(), [h, w, c = 1] = a.shape
    return {h, w, c, values: a.kind === 'u2' ? new Uint16Array(bytes) : new Uint8Array(bytes)}
  })()
  return a.ready
}

const outline = (map, k) => { // the border of class k, through the middles of the pixels' edges, as closed paths
  const {h, w, values} = map, W = w + 1, first = new Int32Array(W*(h + 1)).fill(-1), second = new Int32Array(W*(h + 1)).fill(-1), path = new Path2D()
  const edge = (a, b) => { if (first[a] < 0) first[a] = b; else second[a] = b }
  const inside = (x, y) => x >= 0 && y >= 0 && x < w && y < h && values[y*w + x] === k
  for (let y = 0; y < h; y++) for (let x = 0; x < w; x++) {
    if (values[y*w + x] !== k) continue
    const v = y*W + x
    if (!inside(x, y - 1)) edge(v, v + 1)
    if (!inside(x + 1, y)) edge(v + 1, v + 1 + W)
    if (!inside(x, y + 1)) edge(v + 1 + W, v + W)
    if (!inside(x - 1, y)) edge(v + W, v)
  }
  for (let start = 0; start < first.length; start++) while (first[start] >= 0) {
    let at = start, begun = false
    do {
      const to = first[at] ; if (to < 0) break
      first[at] = second[at]; second[at] = -1
      const x = (at % W + to % W)/2, y = (Math.floor(at/W) + Math.floor(to/W))/2
      begun ? path.lineTo(x, y) : path.moveTo(x, y); begun = true; at = to
    } while (at !== start)
    path.closePath()
  }
  return path
}

const painted = (h, w, pixel) => { // an off-screen picture; pixel(i) -> [r, g, b, a] or nothing
  const c = Object.assign(document.createElement('canvas'), {width: w, height: h}), pen = c.getContext('2d'), data = pen.createImageData(w, h)
  for (let i = 0, j = 0; i < h*w; i++, j += 4) { const p = pixel(i); if (p) { data.data[j] = p[0]; data.data[j + 1] = p[1]; data.data[j + 2] = p[2]; data.data[j + 3] = p[3] } }
  pen.putImageData(data, 0, 0)
  return c
}

class Picture {
  // show: {image, truth, labels, classes: [{name, colour}], key: {right, missed, false, 'another class'}}
  constructor(front, label, shared = {}) {
    this.front = front; this.shared = Object.assign(shared, {zoom: 1, x: .5, y: .5, alpha: .35, errors: false, level: null, tell: null, views: shared.views ?? []}, {...shared})
    this.shared.views.push(this)
    this.sheet = new Sheet(label, 320, (p, w, h) => this.draw(p, w, h)); this.canvas = this.sheet.canvas; this.box = this.sheet.box
    this.canvas.addEventListener('wheel', e => { e.preventDefault(); this.zoomAt(Math.exp(-clamp(e.deltaY, -120, 120)*.0022), ...this.sheet.at(e)) }, {passive: false})
    this.canvas.addEventListener('pointerdown', e => { this.held = this.sheet.at(e); this.canvas.setPointerCapture(e.pointerId); this.canvas.focus({preventScroll: true}) })
    this.canvas.addEventListener('pointermove', e => {
      if (!this.held || !this.size) return
      const [x, y] = this.sheet.at(e); this.move((this.held[0] - x)/this.size[0], (this.held[1] - y)/this.size[1]); this.held = [x, y] })
    for (const end of ['pointerup', 'pointercancel']) this.canvas.addEventListener(end, () => { this.held = null })
    this.canvas.addEventListener('dblclick', () => this.reset())
    this.canvas.addEventListener('keydown', e => this.key(e))
  }
  ask() { this.sheet.ask() }
  all() { for (const v of this.shared.views) v.ask(); this.shared.tell?.() }
  move(x, y) { const s = this.shared; s.x = clamp(s.x + x, 0, 1); s.y = clamp(s.y + y, 0, 1); this.all() }
  reset() { Object.assign(this.shared, {zoom: 1, x: .5, y: .5}); this.all() }
  zoomAt(by, px, py) { // keep what is under the pointer there
    const s = this.shared, was = s.zoom; s.zoom = clamp(s.zoom*by, 1, 40)
    if (px != null && this.size) { const [w, h] = this.size, grown = s.zoom/was
      s.x = clamp(s.x + ((px - this.sheet.w/2)/w)*(1 - 1/grown), 0, 1); s.y = clamp(s.y + ((py - this.sheet.h/2)/h)*(1 - 1/grown), 0, 1) }
    if (s.zoom === 1) s.x = s.y = .5
    this.all()
  }
  key(e) {
    const s = this.shared, step = .08/s.zoom, near = s.zoom > 1.001
    const act = {'+': () => this.zoomAt(1.25), '=': () => this.zoomAt(1.25), '-': () => this.zoomAt(.8), 0: () => this.reset(),
      e: () => { s.errors = !s.errors; this.all() },
      ArrowUp: near && (() => this.move(0, -step)), ArrowDown: near && (() => this.move(0, step)),
      ArrowLeft: near && e.shiftKey && (() => this.move(-step, 0)), ArrowRight: near && e.shiftKey && (() => this.move(step, 0))}[e.key]
    if (act) { e.preventDefault(); e.stopPropagation(); act() }
  }
  async show(what) {
    this.what = what
    const [image, truth, labels] = await Promise.all([unpack(what?.image), unpack(what?.truth), unpack(what?.labels)])
    if (this.what !== what) return                                      // something newer is shown
    Object.assign(this, {image, truth, labels, base: null, tint: null, wrong: null, paths: null}); this.canvas.setAttribute('aria-label', what?.alt || 'picture'); this.sheet.now()
  }
  level_() { return this.shared.level ?? this.what?.image?.level ?? [0, 1] } // what is black, what is white
  grey() { // pixels through the window: level[0] becomes black, level[1] white
    const {h, w, c, values} = this.image, top = this.image.values instanceof Uint16Array ? 65535 : 255, [lo, hi] = this.level_()
    const look = v => clamp(((v/top) - lo)/Math.max(1e-6, hi - lo), 0, 1)*255
    const table = new Uint8ClampedArray(top + 1); for (let v = 0; v <= top; v++) table[v] = look(v)
    return painted(h, w, i => c === 1 ? [table[values[i]], table[values[i]], table[values[i]], 255] : [table[values[3*i]], table[values[3*i + 1]], table[values[3*i + 2]], 255])
  }
  overlay() { const cs = this.what.classes.map(c => rgb(c.colour)), m = (this.truth ?? this.labels); return painted(m.h, m.w, i => { const v = m.values[i]; return v && v < 255 && cs[v - 1] ? [...cs[v - 1], 255] : null }) }
  mistakes() {
    const key = Object.fromEntries(Object.entries(this.what.key).map(([k, c]) => [k, rgb(c)])), t = this.truth.values, p = this.labels.values
    return painted(this.truth.h, this.truth.w, i => { const a = t[i], b = p[i]
      if (a === 255 || (!a && !b)) return null
      return a === b ? [...key.right, 64] : [...key[!b ? 'missed' : !a ? 'false' : 'another class'], 190] })
  }
  draw(pen, w, h) {
    const t = theme(this.front.root); pen.fillStyle = t.dark ? '#111' : '#f2f2f2'; pen.fillRect(0, 0, w, h)
    if (!this.image) { pen.fillStyle = t.soft; pen.font = `13px ${t.font}`; pen.textAlign = 'center'; pen.fillText(this.what === undefined ? '…' : 'No picture', w/2, h/2); return }
    const s = this.shared, fit = Math.min(w/this.image.w, h/this.image.h), scale = fit*s.zoom; this.size = [this.image.w*scale, this.image.h*scale]
    const level = this.level_().join(); if (!this.base || this.level !== level) { this.base = this.grey(); this.level = level }
    pen.save(); pen.translate(w/2 - s.x*this.size[0], h/2 - s.y*this.size[1]); pen.scale(scale, scale)
    pen.imageSmoothingEnabled = scale < 3; pen.drawImage(this.base, 0, 0)
    if (s.errors && this.truth && this.labels) { this.wrong ??= this.mistakes(); pen.imageSmoothingEnabled = false; pen.drawImage(this.wrong, 0, 0) }
    else {
      if (this.truth && s.alpha > 0) { this.tint ??= this.overlay(); pen.globalAlpha = s.alpha; pen.imageSmoothingEnabled = false; pen.drawImage(this.tint, 0, 0); pen.globalAlpha = 1 }
      this.paths ??= [this.truth, this.labels].map(m => m && this.what.classes.map((_, k) => outline(m, k + 1)))
      this.paths.forEach((of, dashed) => of?.forEach((path, k) => {
        const colour = rgb(this.what.classes[k].colour), light = colour.map(v => Math.round(v + (255 - v)*.55))
        pen.setLineDash(dashed ? [6/scale, 4/scale] : []); pen.lineWidth = 1.8/scale; pen.strokeStyle = `rgb(${(dashed ? light : colour).join()})`; pen.stroke(path) }))
    }
    pen.restore()
  }
  close() { this.sheet.close(); this.shared.views.splice(this.shared.views.indexOf(this), 1) }
}

const keyOf = (holder, what, errors) => { // what the colours over a picture mean
  const patch = (colour, text, dashed) => el('span', {className: 'tk-key'}, el('i', {className: dashed ? 'dashed' : '', style: `--c:${colour}`}), text)
  const both = what?.truth && what?.labels
  holder.replaceChildren(...(!what ? [] : errors && both ? Object.entries(what.key).map(([word, c]) => patch(c, word))
    : [...what.classes.map(c => patch(c.colour, c.name)), what.truth && el('span', {className: 'tk-key', textContent: '— truth'}), what.labels && el('span', {className: 'tk-key', textContent: '- - prediction'})].filter(Boolean)))
}
