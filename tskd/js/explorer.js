// The explorer: curves, what lies behind a point, and the picture of a case

class Explorer extends Front {
  constructor(model, host) {
    super(model, host)
    this.range = null; this.cursor = -1; this.side = 'patients'; this.pair = [null, null]; this.spots = []; this.chosen = new Set(); this.swept = null
    this.search = el('input', {type: 'search', placeholder: 'find a method', 'aria-label': 'find a method', oninput: () => this.chips()})
    this.all = button('all', 'show all methods', () => this.hide(new Set())); this.none = button('none', 'hide all methods', () => this.hide(new Set(this.lines.map((_, i) => i))))
    this.legend = el('div', {className: 'tk-chips', role: 'group', 'aria-label': 'methods'})
    this.classes = el('div', {className: 'tk-chips', role: 'group', 'aria-label': 'classes'})
    this.toggles = Object.fromEntries([['bands', 'intervals'], ['seeds', 'seeds'], ['log', 'log axis'], ['forecast', 'forecast']].map(([k, text]) => [k, button(text, text, () => this.toggle(k), {className: 'tk-chip'})]))
    this.back = button('reset zoom', 'show everything again (0)', () => this.zoom(null), {className: 'tk-chip'})
    const tools = el('div', {className: 'tk-chips', role: 'group', 'aria-label': 'what is drawn'}, ...Object.values(this.toggles), this.back)
    this.curves = new Sheet('curves', 320, (p, w, h) => this.drawCurves(p, w, h))
    this.strip = new Sheet('patients', 320, (p, w, h) => this.drawSide(p, w, h))
    this.tabs = Object.fromEntries([['patients', 'Patients'], ['pairs', 'Pairs'], ['latency', 'Latency']].map(([k, text]) => [k, button(text, text, () => { this.side = k; this.sync() }, {className: 'tk-chip'})]))
    this.name = menu('class of the panel', v => { this.focus.cls = +v; this.sync() }); this.place = menu('place of the panel', v => { this.focus.at = +v; this.sync() })
    this.first = menu('first method', v => { this.pair[0] = +v; this.sync() }); this.second = menu('second method', v => { this.pair[1] = +v; this.sync() })
    this.every = button('all patients', 'the cases of all patients again (Esc)', () => this.brush(null), {className: 'tk-chip'})
    this.sum = el('div', {className: 'tk-note'})
    this.title = el('div', {className: 'tk-title'}); this.key = el('div', {className: 'tk-keys'}); this.list = el('ol', {className: 'tk-list', 'aria-label': 'cases of the point, worst first'})
    this.picture = new Picture(this, 'picture of a case', {tell: () => keyOf(this.key, this.picture.what, this.picture.shared.errors)})
    this.prev = button('◀', 'previous case', () => this.step(-1)); this.next = button('▶', 'next case', () => this.step(1))
    this.errors = button('errors', 'errors instead of outlines (e)', () => { this.picture.shared.errors = !this.picture.shared.errors; this.picture.all(); press(this.errors, this.picture.shared.errors) }, {className: 'tk-chip'})
    this.picture.canvas.addEventListener('keydown', e => { const by = {ArrowLeft: -1, ArrowRight: 1}[e.key]; if (by && !e.shiftKey) { e.preventDefault(); this.step(by) } else if (e.key === 'e') press(this.errors, this.picture.shared.errors) })
    this.detail = el('section', {className: 'tk-detail', 'aria-label': 'the case behind the point'}, this.title, this.picture.box, this.key, el('div', {className: 'tk-chips'}, this.prev, this.next, this.errors), this.list)
    this.board = el('div', {className: 'tk-board'}, el('section', {className: 'tk-curves', 'aria-label': 'curves'}, this.curves.box),
      el('section', {className: 'tk-side', 'aria-label': 'behind a point'}, el('div', {className: 'tk-chips', role: 'group', 'aria-label': 'what lies behind'}, ...Object.values(this.tabs), this.every), el('div', {className: 'tk-chips'}, this.name, this.place, this.first, this.second), this.strip.box, this.sum), this.detail)
    this.root.append(el('div', {className: 'tk-head'}, el('div', {className: 'tk-chips'}, this.search, this.all, this.none), this.legend, el('div', {className: 'tk-row'}, this.classes, tools)), this.board)
    this.focus = {cls: 0, at: null}
    this.mouse(); this.on('chart', () => this.read()); this.on('look', () => this.look()); this.on('detail', () => this.shown()); this.read(); this.shown()
  }

  // From the kernel

  read() {
    const c = this.chart = this.model.get('chart') || {}
    this.lines = c.lines || []; this.names = c.classes || []; this.groups = c.groups || []; this.points = c.points || {line: [], at: [], cls: [], mean: [], low: [], high: []}
    this.dots = floats(this.model.get('dots')); this.people = floats(this.model.get('patients')); this.range = null; this.cursor = -1
    this.places = [...new Set(this.points.at)].sort((a, b) => a - b); this.order = null
    this.look()
  }
  look() {
    const l = this.model.get('look') || {}
    if (!this.line.waits('hide')) this.off = new Set(l.hide || [])
    if (!this.line.waits('classes')) this.on_ = new Set(l.classes || this.names.map((_, i) => i))
    this.opt ??= {}; for (const k of ['bands', 'seeds', 'log', 'forecast']) if (!this.line.waits(k)) this.opt[k] = !!l[k]
    this.pick = l.pick || null; this.group = l.group ?? -1
    if (!this.line.waits('brush')) this.chosen = new Set(l.groups || [])
    if (this.pick) { this.focus.cls = this.pick[2]; if (!this.chart.flat) this.focus.at = this.pick[1] }
    if (!this.names[this.focus.cls]) this.focus.cls = 0
    if (!this.places.includes(this.focus.at)) this.focus.at = this.places.at(-1)
    this.sync()
  }
  shown() {
    const d = this.model.get('detail') || {}
    this.detail.classList.toggle('empty', !d.cases); this.title.textContent = d.title || 'Click a point: its cases appear here'
    this.list.replaceChildren(...(d.cases || []).map((c, i) => el('li', {}, button(c.text, c.text, () => this.open(i), {className: i === d.index ? 'on' : '', 'aria-current': i === d.index ? 'true' : null}))))
    this.index = d.index ?? 0; this.count = (d.cases || []).length; this.prev.disabled = this.index < 1; this.next.disabled = this.index >= this.count - 1
    this.picture.box.hidden = this.key.hidden = this.errors.hidden = !d.case
    this.picture.show(d.case).then(() => keyOf(this.key, d.case, this.picture.shared.errors)).catch(e => this.tell(String(e.message ?? e)))
  }

  // To the kernel: what changed; the view itself doesn't wait for the answer

  hide(off) { this.off = off; this.line.ask({do: 'hide', value: [...off]}); this.sync() }
  toggle(k) { this.opt[k] = !this.opt[k]; if (k === 'log') this.range = null; this.line.ask({do: k, value: this.opt[k]}); this.sync() }
  choose(line, at, cls, seed = null, group = null) { this.chosen = new Set(); this.swept = null; this.pick = [line, at, cls, seed]; this.focus.cls = cls; if (!this.chart.flat) this.focus.at = at; this.line.ask({do: 'pick', value: this.pick, group}); this.sync() }
  brush(swept) { // {line, lo, hi}: the cases of the patients with a dot between two values; null: of all patients
    const found = swept ? this.marks.filter(m => m.line === swept.line && m.value >= swept.lo && m.value <= swept.hi) : []
    this.chosen = new Set(found.map(m => m.group)); this.swept = found.length ? swept : null; this.group = -1
    if (found.length) this.pick = [swept.line, this.true_(found[0].at), this.focus.cls, null]
    this.line.ask({do: 'brush', value: found.length ? this.pick : null, groups: [...this.chosen].map(g => this.groups[g])}); this.sync() }
  open(i) { if (i >= 0 && i < this.count) { this.index = i; this.line.ask({do: 'open', value: i}) } }
  step(by) { this.open(clamp(this.index + by, 0, this.count - 1)) }
  zoom(range) { this.range = range; this.curves.ask(); this.back.disabled = !range }

  // What it looks like

  seen(i) { return !this.off.has(i) }
  chips() {
    const many = this.lines.length >= 10, wanted = this.search.value.toLowerCase(), t = theme(this.root)
    this.search.hidden = !many; this.all.hidden = this.none.hidden = this.lines.length < 4
    const fresh = JSON.stringify([this.lines.map(l => [l.name, l.colour]), t.dark])
    if (this.legend.dataset.of !== fresh) {
      this.legend.dataset.of = fresh
      this.legend.replaceChildren(...this.lines.map((l, i) => {
        const chip = button('', l.name, () => { const off = new Set(this.off); off.has(i) ? off.delete(i) : off.add(i); this.hide(off) }, {className: 'tk-chip', ondblclick: () => this.hide(new Set(this.lines.map((_, k) => k).filter(k => k !== i)))})
        const sample = el('canvas', {width: 44, height: 20, 'aria-hidden': 'true'}), p = sample.getContext('2d'); p.scale(2, 2); p.strokeStyle = p.fillStyle = lit(l.colour, t); p.lineWidth = 2
        p.setLineDash(DASHES[l.dash % DASHES.length]); p.beginPath(); p.moveTo(0, 5); p.lineTo(22, 5); p.stroke(); mark(p, l.marker, 11, 5, 3.4)
        chip.append(sample, el('span', {textContent: short(l.name, 40)})); return chip
      }))
    }
    ;[...this.legend.children].forEach((chip, i) => { press(chip, this.seen(i)); chip.hidden = many && wanted && !this.lines[i].name.toLowerCase().includes(wanted) })
  }
  sync() {
    this.chips()
    if (this.classes.dataset.of !== JSON.stringify(this.names)) {
      this.classes.dataset.of = JSON.stringify(this.names); this.classes.hidden = this.names.length < 2
      this.classes.replaceChildren(...this.names.map((n, i) => button(short(n, 40), 'class ' + n, () => {
        const on = new Set(this.on_); on.has(i) && on.size > 1 ? on.delete(i) : on.add(i); this.on_ = on; this.line.ask({do: 'classes', value: [...on]}); this.sync() }, {className: 'tk-chip'})))
    }
    ;[...this.classes.children].forEach((c, i) => press(c, this.on_.has(i)))
    for (const [k, b] of Object.entries(this.toggles)) press(b, this.opt[k])
    this.toggles.log.hidden = !this.chart.loggable; this.toggles.forecast.hidden = !this.chart.ahead; this.toggles.seeds.hidden = !this.dots.length; this.back.disabled = !this.range
    const ms = this.lines.some(l => finite(l.ms)); this.tabs.latency.hidden = !ms; if (!ms && this.side === 'latency') this.side = 'patients'
    for (const [k, b] of Object.entries(this.tabs)) press(b, this.side === k)
    fill(this.name, this.names.map((n, i) => [short(n, 30), i]), this.focus.cls); this.name.hidden = this.names.length < 2
    fill(this.place, this.places.map(v => [`${this.chart.word || ''} ${say(v)}`, v]), this.focus.at); this.place.hidden = this.chart.flat || this.places.length < 2
    const here = this.lines.map((l, i) => [short(l.name, 34), i]); this.first.hidden = this.second.hidden = this.side !== 'pairs'; this.every.hidden = !this.chosen.size || this.side !== 'patients'
    if (!this.lines[this.pair[0]]) this.pair[0] = 0
    if (!this.lines[this.pair[1]]) this.pair[1] = Math.min(1, this.lines.length - 1)
    fill(this.first, here, this.pair[0]); fill(this.second, here, this.pair[1])
    this.paint()
  }
  paint() { if (!this.chart) return
    const fresh = theme(this.root).dark; if (fresh !== this.wasDark) { this.wasDark = fresh; this.chips() }
    this.measure(); this.curves.ask(); this.strip.ask(); this.picture.ask() }
  facets() { return this.names.map((_, i) => i).filter(i => this.on_.has(i)) }
  shownLines() { return this.lines.map((_, i) => i).filter(i => this.seen(i)) }
  measure() { // heights follow what is shown
    const n = Math.max(1, this.facets().length), w = this.curves.box.clientWidth || 600, narrow = this.root.dataset.width === 'narrow'
    this.columns = clamp(Math.floor((w - 40)/(this.chart.flat ? 330 : 215)), 1, Math.min(4, n)); const rows = Math.ceil(n/this.columns)
    const height = this.chart.flat ? rows*(64 + 19*Math.max(1, this.shownLines().length)) : rows*(rows > 1 ? 220 : narrow ? 260 : 330)
    this.curves.box.style.height = clamp(height, 180, 1400) + 'px'
    this.strip.box.style.height = (this.side === 'patients' ? clamp(56 + 30*this.shownLines().length, 200, 1000) : 320) + 'px'
  }
  tx(v) { return this.opt.log && this.chart.loggable ? (v > 0 ? Math.log10(v) : Math.log10(this.least()) - .5) : v }
  least() { return this.places.find(v => v > 0) ?? 1 }
  ahead() { return this.opt.forecast && this.chart.ahead || [] }
  extent() { // of all that is on
    let x0 = Infinity, x1 = -Infinity, y0 = Infinity, y1 = -Infinity
    const see = (line, cls, at, ...values) => { if (!this.seen(line) || !this.on_.has(cls)) return
      const x = this.tx(at); if (x < x0) x0 = x; if (x > x1) x1 = x; for (const v of values) if (finite(v)) { if (v < y0) y0 = v; if (v > y1) y1 = v } }
    const p = this.points; for (let i = 0; i < p.line.length; i++) see(p.line[i], p.cls[i], p.at[i], p.mean[i], ...(this.opt.bands ? [p.low[i], p.high[i]] : []))
    if (this.opt.seeds) for (let i = 0; i < this.dots.length; i += 5) see(this.dots[i], this.dots[i + 2], this.dots[i + 1], this.dots[i + 4])
    for (const f of this.ahead()) f.at.forEach((v, i) => see(f.line, f.cls, v, f.mean[i], f.low[i], f.high[i]))
    if (this.chart.reference) { y0 = Math.min(y0, 0); y1 = Math.max(y1, 0) }
    if (!finite(x0) || !finite(x1)) { x0 = 0; x1 = 1 }
    if (!finite(y0) || !finite(y1)) { y0 = 0; y1 = 1 }
    const px = (x1 - x0)*.06 || .5, py = (y1 - y0)*.07 || .05
    return [x0 - px, x1 + px, y0 - py, y1 + py]
  }
  drawCurves(pen, w, h) {
    const t = theme(this.root), facets = this.facets(), on = this.shownLines(), flat = this.chart.flat
    this.spots = []; pen.font = `12px ${t.font}`; pen.textBaseline = 'middle'
    if (!facets.length || !on.length || !this.points.line.length) { pen.fillStyle = t.soft; pen.textAlign = 'center'; pen.fillText(this.points.line.length ? 'Everything is switched off' : 'Nothing to show yet', w/2, h/2); return }
    const all = this.extent(), [x0, x1, y0, y1] = this.range ?? (flat ? [0, 1, all[2], all[3]] : all), rows = Math.ceil(facets.length/this.columns)
    const left = flat ? Math.min(w*.42, 20 + Math.max(...on.map(i => pen.measureText(short(this.lines[i].name, 34)).width))) : 50, pad = 12
    const cw = (w - left)/this.columns, ch = h/rows; this.rects = facets.map((cls, k) => {
      const c = k % this.columns, r = Math.floor(k/this.columns)
      return {cls, first: c === 0, last: r === rows - 1 || k + this.columns >= facets.length, x: left + c*cw + (c ? 6 : 0), y: r*ch + 24, w: cw - pad - (c ? 6 : 0), h: ch - 24 - 38} })
    this.domain = [x0, x1, y0, y1]
    for (const r of this.rects) flat ? this.drawRows(pen, r, t, on, y0, y1) : this.drawPanel(pen, r, t, on, x0, x1, y0, y1)
    if (!flat) { pen.save(); pen.translate(11, h/2); pen.rotate(-Math.PI/2); pen.textAlign = 'center'; pen.fillStyle = t.ink; pen.fillText(short(this.chart.y || '', 60), 0, 0); pen.restore() }
    this.ring(pen, t)
  }
  frame(pen, r, t, name) { pen.fillStyle = t.ink; pen.textAlign = 'left'; pen.font = `600 12px ${t.font}`; pen.fillText(within(pen, name, r.w), r.x, r.y - 12); pen.font = `12px ${t.font}`; pen.strokeStyle = t.faint; pen.lineWidth = 1; pen.setLineDash([]) }
  drawPanel(pen, r, t, on, x0, x1, y0, y1) {
    const X = (at, line) => r.x + (this.tx(at) - x0)/(x1 - x0)*r.w + this.aside(line), Y = v => r.y + r.h - (v - y0)/(y1 - y0)*r.h
    this.dodge = this.dodged(on, r.w/(x1 - x0)); this.frame(pen, r, t, this.names[r.cls]); pen.beginPath()
    for (const v of nice(y0, y1)) { const y = Y(v); pen.moveTo(r.x, y); pen.lineTo(r.x + r.w, y); if (r.first) { pen.fillStyle = t.soft; pen.textAlign = 'right'; pen.fillText(say(v), r.x - 6, y) } }
    pen.stroke()
    let end = -Infinity; pen.textAlign = 'center'; const exact = this.places.length <= 30, ticks = exact ? [...this.places, ...this.ahead().map(f => f.at.at(-1))].sort((a, b) => a - b) : this.opt.log && this.chart.loggable ? decades(x0, x1) : nice(x0, x1, Math.max(2, r.w/70))
    for (const v of ticks) { const x = X(v), half = pen.measureText(say(v)).width/2 + 4; if (x - half < end || x < r.x - 1 || x > r.x + r.w + 1) continue; end = x + half; pen.fillStyle = t.soft; pen.fillText(say(v), x, r.y + r.h + 12) }
    if (r.last) { pen.fillStyle = t.ink; pen.fillText(short(this.chart.xlabel || '', Math.floor(r.w/6)), r.x + r.w/2, r.y + r.h + 29) }
    pen.save(); pen.beginPath(); pen.rect(r.x - 5, r.y - 4, r.w + 10, r.h + 8); pen.clip()
    if (this.chart.reference) { pen.strokeStyle = t.soft; pen.beginPath(); pen.moveTo(r.x, Y(0)); pen.lineTo(r.x + r.w, Y(0)); pen.stroke() }
    this.order ??= this.sorted(); const p = this.points
    if (this.opt.bands) for (const l of on) { const of = this.order.get(l + ':' + r.cls); if (!of) continue
      const ok = of.filter(i => finite(p.low[i]) && finite(p.high[i])); pen.fillStyle = pen.strokeStyle = lit(this.lines[l].colour, t); pen.globalAlpha = .15
      if (ok.length > 1) { pen.beginPath(); ok.forEach((i, k) => k ? pen.lineTo(X(p.at[i], l), Y(p.low[i])) : pen.moveTo(X(p.at[i], l), Y(p.low[i]))); for (const i of [...ok].reverse()) pen.lineTo(X(p.at[i], l), Y(p.high[i])); pen.fill() }
      if (ok.length <= 12) { pen.globalAlpha = .8; pen.lineWidth = 1.2; pen.beginPath(); for (const i of ok) { pen.moveTo(X(p.at[i], l), Y(p.low[i])); pen.lineTo(X(p.at[i], l), Y(p.high[i])) } pen.stroke() } } // side by side, so that twins are seen as two
    for (const f of this.ahead()) if (f.cls === r.cls && this.seen(f.line)) { // dotted, with its band
      const path = k => f.at.forEach((v, i) => pen.lineTo(X(v, f.line), Y(f[k][i]))); pen.fillStyle = pen.strokeStyle = lit(this.lines[f.line].colour, t)
      pen.globalAlpha = .1; pen.beginPath(); path('low'); for (const i of [...f.at.keys()].reverse()) pen.lineTo(X(f.at[i], f.line), Y(f.high[i])); pen.fill()
      pen.globalAlpha = 1; pen.lineWidth = 2; pen.setLineDash([2, 4]); pen.beginPath(); path('mean'); pen.stroke(); pen.setLineDash([]) }
    pen.globalAlpha = 1
    if (this.opt.seeds) this.drawDots(pen, r, t, x0, x1, y0, y1)
    for (const l of on) { const of = this.order.get(l + ':' + r.cls); if (!of) continue
      pen.strokeStyle = pen.fillStyle = lit(this.lines[l].colour, t); pen.lineWidth = 2; pen.setLineDash(DASHES[this.lines[l].dash % DASHES.length]); pen.beginPath(); let up = false
      for (const i of of) { const y = p.mean[i]; if (!finite(y)) { up = false; continue }; up ? pen.lineTo(X(p.at[i], l), Y(y)) : pen.moveTo(X(p.at[i], l), Y(y)); up = true }
      pen.stroke(); pen.setLineDash([])
      for (const i of of) if (finite(p.mean[i])) { const x = X(p.at[i], l), y = Y(p.mean[i]); if (of.length <= 40) mark(pen, this.lines[l].marker, x, y, 3.8); this.spots.push({x, y, i, cls: r.cls}) } }
    pen.restore()
  }
  dodged(on, scale) { // a few pixels aside for each line: those that share an interval must not hide each other
    const at = this.places.map(v => this.tx(v)*scale), gap = Math.min(60, ...at.slice(1).map((x, i) => x - at[i])), step = Math.min(4, .4*gap/Math.max(1, on.length))
    return new Map(on.map((l, k) => [l, (k - (on.length - 1)/2)*step])) }
  aside(line) { return this.chart.flat ? 0 : this.dodge?.get(line) ?? 0 }
  drawDots(pen, r, t, x0, x1, y0, y1) {
    const d = this.dots, many = d.length > 10000, X0 = r.x - x0/(x1 - x0)*r.w, kx = r.w/(x1 - x0), Y0 = r.y + r.h + y0/(y1 - y0)*r.h, ky = r.h/(y1 - y0)
    let was = -1, aside = 0; pen.globalAlpha = many ? .55 : .5; const at = new Map(this.places.map(v => [Math.fround(v), this.tx(v)]))
    for (let i = 0; i < d.length; i += 5) {
      if (d[i + 2] !== r.cls || this.off.has(d[i])) continue
      if (d[i] !== was) { was = d[i]; aside = this.aside(was); pen.fillStyle = lit(this.lines[was].colour, t) }
      const x = X0 + (at.get(d[i + 1]) ?? this.tx(d[i + 1]))*kx + aside, y = Y0 - d[i + 4]*ky
      if (x < r.x - 3 || x > r.x + r.w + 3 || y < r.y - 3 || y > r.y + r.h + 3) continue
      if (many) pen.fillRect(x - 1.3, y - 1.3, 2.6, 2.6); else { pen.beginPath(); pen.arc(x, y, 2.4, 0, 7); pen.fill() }
    }
    pen.globalAlpha = 1
  }
  drawRows(pen, r, t, on, v0, v1) { // methods side by side: a row each, so that every name can be read
    const X = v => r.x + (v - v0)/(v1 - v0)*r.w, step = r.h/on.length, p = this.points, row = new Map(on.map((l, k) => [l, r.y + (k + .5)*step])); this.order ??= this.sorted()
    this.frame(pen, r, t, this.names[r.cls]); pen.textAlign = 'center'; pen.beginPath()
    for (const v of nice(v0, v1, Math.max(2, r.w/60))) { const x = X(v); pen.moveTo(x, r.y); pen.lineTo(x, r.y + r.h); pen.fillStyle = t.soft; pen.fillText(say(v), x, r.y + r.h + 12) }
    pen.stroke(); pen.fillStyle = t.ink; pen.fillText(short(this.chart.y || '', Math.floor(r.w/6)), r.x + r.w/2, r.y + r.h + 29)
    for (const l of on) { const y = row.get(l), colour = lit(this.lines[l].colour, t)
      if (r.first) { pen.fillStyle = t.ink; pen.textAlign = 'right'; pen.fillText(within(pen, this.lines[l].name, r.x - 12), r.x - 8, y) }
      pen.fillStyle = pen.strokeStyle = colour
      if (this.opt.seeds) { pen.globalAlpha = .45; for (let k = 0; k < this.dots.length; k += 5) if (this.dots[k] === l && this.dots[k + 2] === r.cls) { pen.beginPath(); pen.arc(X(this.dots[k + 4]), y, 2.6, 0, 7); pen.fill() } pen.globalAlpha = 1 }
      for (const i of this.order.get(l + ':' + r.cls) ?? []) { if (!finite(p.mean[i])) continue
        if (this.opt.bands && finite(p.low[i])) { pen.lineWidth = 1.6; pen.beginPath(); pen.moveTo(X(p.low[i]), y); pen.lineTo(X(p.high[i]), y); pen.stroke() }
        mark(pen, this.lines[l].marker, X(p.mean[i]), y, 4.6); this.spots.push({x: X(p.mean[i]), y, i, cls: r.cls}) } }
    this.rowOf = row
  }
  sorted() { const of = new Map(), p = this.points
    p.line.forEach((l, i) => { const k = l + ':' + p.cls[i]; of.has(k) ? of.get(k).push(i) : of.set(k, [i]) })
    for (const v of of.values()) v.sort((a, b) => p.at[a] - p.at[b])
    return of }
  place_(rect, line, at, value) { const [x0, x1, y0, y1] = this.domain
    return this.chart.flat ? [rect.x + (value - y0)/(y1 - y0)*rect.w, rect.y + (this.shownLines().indexOf(line) + .5)*rect.h/this.shownLines().length]
      : [rect.x + (this.tx(at) - x0)/(x1 - x0)*rect.w + this.aside(line), rect.y + rect.h - (value - y0)/(y1 - y0)*rect.h] }
  ring(pen, t) {
    const circle = (x, y, r) => { pen.strokeStyle = t.ink; pen.lineWidth = 1.6; pen.setLineDash([]); pen.beginPath(); pen.arc(x, y, r, 0, 7); pen.stroke() }
    const p = this.points, rect = this.pick && this.rects?.find(r => r.cls === this.pick[2])
    if (rect && this.seen(this.pick[0])) {
      let value; const [line, at, cls, seed] = this.pick
      if (seed == null) p.line.forEach((l, i) => { if (l === line && p.at[i] === at && p.cls[i] === cls) value = p.mean[i] })
      else for (let i = 0; i < this.dots.length; i += 5) if (this.dots[i] === line && this.dots[i + 1] === Math.fround(at) && this.dots[i + 2] === cls && this.dots[i + 3] === seed) value = this.dots[i + 4]
      if (finite(value)) circle(...this.place_(rect, line, at, value), 8)
    }
    const s = this.spots.find(s => s.i === this.cursor); if (s) { pen.globalAlpha = .6; circle(s.x, s.y, 11); pen.globalAlpha = 1 }
  }

  // The panel beside the curves

  here() { // rows of `people` at the class and place of the panel: line -> [{group, seed, value}]
    const out = new Map(), q = this.people, at = Math.fround(this.focus.at)
    for (let i = 0; i < q.length; i += 6) { if (q[i + 2] !== this.focus.cls || (!this.chart.flat && q[i + 1] !== at) || !finite(q[i + 5])) continue
      const row = {line: q[i], at: q[i + 1], group: q[i + 3], seed: q[i + 4], value: q[i + 5]}; out.has(q[i]) ? out.get(q[i]).push(row) : out.set(q[i], [row]) }
    return out
  }
  drawSide(pen, w, h) { const t = theme(this.root); pen.font = `12px ${t.font}`; pen.textBaseline = 'middle'; pen.setLineDash([]); this.marks = []
    this.strip.canvas.setAttribute('aria-label', {patients: 'each patient of each method: strip and box', pairs: 'two methods, patient by patient', latency: 'value against milliseconds'}[this.side])
    ;({patients: this.drawStrip, pairs: this.drawPairs, latency: this.drawLatency})[this.side].call(this, pen, w, h, t) }
  empty(pen, w, h, t, text) { pen.fillStyle = t.soft; pen.textAlign = 'center'; pen.fillText(text, w/2, h/2); this.sum.textContent = '' }
  axis(pen, t, x0, x1, y, v0, v1, top) { const X = v => x0 + (v - v0)/(v1 - v0)*(x1 - x0); pen.textAlign = 'center'; pen.strokeStyle = t.faint; pen.lineWidth = 1; pen.beginPath()
    for (const v of nice(v0, v1, Math.max(2, (x1 - x0)/55))) { pen.moveTo(X(v), top); pen.lineTo(X(v), y); pen.fillStyle = t.soft; pen.fillText(say(v), X(v), y + 12) } pen.stroke(); return X }
  drawStrip(pen, w, h, t) {
    const of = this.here(), on = this.shownLines().filter(l => of.has(l)); if (!on.length) return this.empty(pen, w, h, t, 'No patients here')
    const values = on.flatMap(l => of.get(l).map(r => r.value)), lo = Math.min(...values), hi = Math.max(...values), pad = (hi - lo)*.05 || .05
    const bottom = h - 34, step = (bottom - 6)/on.length, X = this.axis(pen, t, 12, w - 12, bottom, lo - pad, hi + pad, 6)
    pen.fillStyle = t.ink; pen.textAlign = 'center'; pen.fillText(short(this.chart.y || '', Math.floor(w/6.5)), w/2, h - 8)
    this.value = x => lo - pad + (x - 12)/(w - 24)*(hi - lo + 2*pad); this.rowAt = y => on[clamp(Math.floor((y - 6)/step), 0, on.length - 1)]
    const here = this.pick && this.pick[2] === this.focus.cls && (this.chart.flat || this.pick[1] === this.focus.at)
    if (this.swept && on.includes(this.swept.line) && (here || this.sweeping)) { const a = X(this.swept.lo), b = X(this.swept.hi), top = 6 + on.indexOf(this.swept.line)*step; pen.fillStyle = pen.strokeStyle = t.ink; pen.globalAlpha = .1; pen.fillRect(a, top, b - a, step); pen.globalAlpha = .7; pen.lineWidth = 1; pen.strokeRect(a, top, b - a, step); pen.globalAlpha = 1 }
    on.forEach((l, k) => { const rows = of.get(l), y = 6 + (k + .5)*step, tall = Math.min(step*.32, 13), sorted = rows.map(r => r.value).sort((a, b) => a - b), colour = lit(this.lines[l].colour, t), [a, m, b] = [.25, .5, .75].map(q => X(quantile(sorted, q))), mid = y + Math.min(6, step*.16)
      pen.fillStyle = t.ink; pen.textAlign = 'left'; pen.font = `11px ${t.font}`; if (step > 17) pen.fillText(within(pen, this.lines[l].name, w - 24), 12, y - tall - 1)
      pen.strokeStyle = colour; pen.lineWidth = 1.2; pen.beginPath(); pen.moveTo(X(sorted[0]), mid); pen.lineTo(a, mid); pen.moveTo(b, mid); pen.lineTo(X(sorted.at(-1)), mid); pen.stroke()
      pen.globalAlpha = .18; pen.fillStyle = colour; pen.fillRect(a, mid - tall*.7, b - a, tall*1.4); pen.globalAlpha = 1; pen.strokeRect(a, mid - tall*.7, b - a, tall*1.4); pen.lineWidth = 2.4; pen.beginPath(); pen.moveTo(m, mid - tall*.7); pen.lineTo(m, mid + tall*.7); pen.stroke()
      for (const r of rows) { const x = X(r.value), jitter = ((r.group*37 + r.seed*17) % 11)/11 - .5, yy = mid + jitter*tall*1.3; pen.globalAlpha = (this.group >= 0 && r.group !== this.group) || (this.chosen.size && !this.chosen.has(r.group)) ? .2 : .75; pen.fillStyle = colour; pen.beginPath(); pen.arc(x, yy, 2.8, 0, 7); pen.fill(); this.marks.push({x, y: yy, ...r}) } pen.globalAlpha = 1 })
    pen.font = `12px ${t.font}`; this.sum.textContent = 'A dot is a patient with one seed; the box holds the middle half, its bar is the median. Click a dot to see that patient; drag along a row for the cases of several.' + (this.chosen.size ? ` Chosen: ${this.chosen.size} of ${new Set(this.marks.map(m => m.group)).size} patients.` : '')
  }
  paired() { const of = this.here(), means = l => { const g = new Map(); for (const r of of.get(l) ?? []) g.has(r.group) ? g.get(r.group).push(r.value) : g.set(r.group, [r.value]); return g }
    const [a, b] = this.pair.map(means); return [...a.keys()].filter(g => b.has(g)).map(g => ({group: g, a: mean(a.get(g)), b: mean(b.get(g)), at: (of.get(this.pair[1])[0]).at})) }
  drawPairs(pen, w, h, t) {
    const pairs = this.paired(); if (!pairs.length) return this.empty(pen, w, h, t, 'These two share no patient here')
    const lo = Math.min(...pairs.map(p => Math.min(p.a, p.b))), hi = Math.max(...pairs.map(p => Math.max(p.a, p.b))), pad = (hi - lo)*.06 || .05, top = 26, bottom = h - 12, Y = v => bottom - (v - lo + pad)/(hi - lo + 2*pad)*(bottom - top), xa = w*.24, xb = w*.8
    pen.strokeStyle = t.faint; pen.lineWidth = 1; pen.beginPath(); pen.fillStyle = t.soft; pen.textAlign = 'right'
    for (const v of nice(lo - pad, hi + pad)) { pen.moveTo(xa - 20, Y(v)); pen.lineTo(xb + 20, Y(v)); pen.fillText(say(v), xa - 26, Y(v)) } pen.stroke(); pen.fillStyle = t.ink; pen.textAlign = 'center'
    const head = (line, align, x) => { pen.textAlign = align; pen.fillText(within(pen, this.lines[line].name, w/2 - 10), x, 12) }; head(this.pair[0], 'left', 4); head(this.pair[1], 'right', w - 4)
    const better = p => (this.chart.lower ? p.b < p.a : p.b > p.a)
    for (const p of pairs) { pen.strokeStyle = pen.fillStyle = lit(p.a === p.b ? '#888888' : better(p) ? '#009E73' : '#D55E00', t); pen.lineWidth = p.group === this.group ? 3.5 : 1.6; pen.globalAlpha = .85; pen.setLineDash(better(p) ? [] : [5, 3]); pen.beginPath(); pen.moveTo(xa, Y(p.a)); pen.lineTo(xb, Y(p.b)); pen.stroke(); pen.setLineDash([])
      for (const [x, v, line] of [[xa, p.a, this.pair[0]], [xb, p.b, this.pair[1]]]) { pen.beginPath(); pen.arc(x, Y(v), 3.4, 0, 7); pen.fill(); this.marks.push({x, y: Y(v), line, at: p.at, group: p.group, seed: -1, value: v, other: p.b - p.a}) } } pen.globalAlpha = 1
    const n = pairs.filter(better).length, d = mean(pairs.map(p => p.b - p.a)), even = pairs.filter(p => p.a === p.b).length
    this.sum.textContent = `${short(this.lines[this.pair[1]].name, 40)} is better in ${n} of ${pairs.length} patients${even ? ` (${even} even)` : ''}; mean difference ${d >= 0 ? '+' : ''}${round(d, this.chart.digits ?? 3)}. Solid: better, dashed: worse.`
  }
  drawLatency(pen, w, h, t) {
    const p = this.points, found = []; p.line.forEach((l, i) => { if (this.seen(l) && finite(this.lines[l].ms) && p.cls[i] === this.focus.cls && (this.chart.flat || p.at[i] === this.focus.at) && finite(p.mean[i])) found.push(i) })
    if (!found.length) return this.empty(pen, w, h, t, 'No latency is known here')
    const ms = found.map(i => Math.log10(this.lines[p.line[i]].ms)), v = found.flatMap(i => [p.mean[i], ...(finite(p.low[i]) ? [p.low[i], p.high[i]] : [])]), x0 = Math.min(...ms) - .2, x1 = Math.max(...ms) + .2, y0 = Math.min(...v) - .02, y1 = Math.max(...v) + .02, L = 46, B = h - 34
    const X = m => L + (m - x0)/(x1 - x0)*(w - L - 14), Y = u => B - (u - y0)/(y1 - y0)*(B - 14); pen.strokeStyle = t.faint; pen.lineWidth = 1; pen.beginPath()
    for (const u of nice(y0, y1)) { pen.moveTo(L, Y(u)); pen.lineTo(w - 12, Y(u)); pen.fillStyle = t.soft; pen.textAlign = 'right'; pen.fillText(say(u), L - 6, Y(u)) } pen.stroke(); pen.textAlign = 'center'
    for (const v of decades(x0, x1)) { pen.fillStyle = t.soft; pen.fillText(say(v), X(Math.log10(v)), B + 12) } pen.fillStyle = t.ink; pen.fillText('milliseconds an image', w/2, h - 8)
    found.forEach((i, k) => { const l = p.line[i], x = X(ms[k]), y = Y(p.mean[i]); pen.strokeStyle = pen.fillStyle = lit(this.lines[l].colour, t); pen.lineWidth = 1.4; if (finite(p.low[i])) { pen.beginPath(); pen.moveTo(x, Y(p.low[i])); pen.lineTo(x, Y(p.high[i])); pen.stroke() } mark(pen, this.lines[l].marker, x, y, 5); pen.fillStyle = t.ink; pen.textAlign = x > w*.6 ? 'right' : 'left'; pen.fillText(within(pen, this.lines[l].name, (x > w*.6 ? x : w - x) - 13), x + (x > w*.6 ? -9 : 9), y - 9); this.marks.push({x, y, line: l, at: p.at[i], group: -1, seed: -1, value: p.mean[i], ms: this.lines[l].ms}) })
    this.sum.textContent = ''
  }

  // Mouse and keyboard

  nearest(x, y, reach = 14) { // -> {line, at, cls, seed, value, i} of the mean or dot under the pointer
    let best = reach, hit = null
    for (const s of this.spots) { const d = Math.hypot(s.x - x, s.y - y); if (d < best) { best = d; hit = {i: s.i, line: this.points.line[s.i], at: this.points.at[s.i], cls: s.cls, seed: null, value: this.points.mean[s.i], x: s.x, y: s.y} } }
    const rect = this.rects?.find(r => x > r.x - 8 && x < r.x + r.w + 8 && y > r.y - 8 && y < r.y + r.h + 8)
    if (rect && this.opt.seeds) { const d = this.dots, [x0, x1, y0, y1] = this.domain, rows = this.chart.flat && new Map(this.shownLines().map((l, k, all) => [l, rect.y + (k + .5)*rect.h/all.length]))
      best = hit ? Math.max(0, best - 5) : reach - 4
      for (let i = 0; i < d.length; i += 5) { if (d[i + 2] !== rect.cls || this.off.has(d[i])) continue
        const px = rows ? rect.x + (d[i + 4] - y0)/(y1 - y0)*rect.w : rect.x + (this.tx(d[i + 1]) - x0)/(x1 - x0)*rect.w + this.aside(d[i]), py = rows ? rows.get(d[i]) : rect.y + rect.h - (d[i + 4] - y0)/(y1 - y0)*rect.h, far = Math.hypot(px - x, py - y)
        if (far < best) { best = far; hit = {line: d[i], at: this.true_(d[i + 1]), cls: rect.cls, seed: d[i + 3] < 0 ? null : d[i + 3], value: d[i + 4], x: px, y: py} } } }
    return hit
  }
  true_(at) { return this.places.find(v => Math.fround(v) === at) ?? at } // a place as the kernel knows it, in double precision
  words(hit) { const c = this.chart, p = this.points, where = c.flat ? '' : `${c.word} ${say(hit.at)}, `, out = [this.lines[hit.line].name, `${where}${this.names[hit.cls]}: ${round(hit.value, c.digits ?? 3)}`]
    if (hit.seed != null) out.push(`seed ${hit.seed}`); else if (hit.i != null) { if (finite(p.low[hit.i])) out.push(`95 % interval ${round(p.low[hit.i], c.digits)} to ${round(p.high[hit.i], c.digits)}`); out.push(`${p.n?.[hit.i] ?? '?'} patients, ${p.seeds?.[hit.i] ?? '?'} seeds`) }
    return out }
  mouse() {
    const c = this.curves.canvas; let down = null, moved = false
    c.addEventListener('pointerdown', e => { down = this.curves.at(e); moved = false; c.setPointerCapture(e.pointerId) })
    c.addEventListener('pointermove', e => { const [x, y] = this.curves.at(e)
      if (down && (moved || Math.hypot(x - down[0], y - down[1]) > 4)) { moved = true; this.hint(); this.pan(x - down[0], y - down[1]); down = [x, y]; return }
      const hit = this.nearest(x, y); c.style.cursor = hit ? 'pointer' : 'default'; this.hint(e.clientX, e.clientY, hit && this.words(hit)) })
    c.addEventListener('pointerup', e => { const at = this.curves.at(e); if (down && !moved) { const hit = this.nearest(...at); if (hit) this.choose(hit.line, hit.at, hit.cls, hit.seed) } down = null })
    c.addEventListener('pointercancel', () => { down = null }); c.addEventListener('pointerleave', () => this.hint())
    c.addEventListener('dblclick', e => { if (!this.nearest(...this.curves.at(e))) this.zoom(null) })
    c.addEventListener('wheel', e => { if (!e.ctrlKey && document.activeElement !== c) return // a page that is scrolled past must not stop here
      e.preventDefault(); this.zoomAt(Math.exp(clamp(e.deltaY, -120, 120)*.002), ...this.curves.at(e)) }, {passive: false})
    c.addEventListener('keydown', e => this.keys(e)); c.addEventListener('blur', () => { this.cursor = -1; this.hint(); this.curves.ask() })
    const s = this.strip.canvas, near = (x, y) => { let best = 12, hit = null; for (const m of this.marks ?? []) { const d = Math.hypot(m.x - x, m.y - y); if (d < best) { best = d; hit = m } } return hit }
    const told = m => [this.lines[m.line].name, m.group >= 0 ? `patient ${this.groups[m.group]}` : null, m.seed >= 0 ? `seed ${m.seed}` : null, `${this.chart.label ?? ''} ${round(m.value, this.chart.digits ?? 3)}`, m.ms && `${say(m.ms)} ms`, m.other != null ? `difference ${round(m.other, this.chart.digits ?? 3)}` : null].filter(Boolean)
    const take = m => this.choose(m.line, this.true_(m.at), this.focus.cls, m.seed >= 0 ? m.seed : null, m.group >= 0 ? this.groups[m.group] : null)
    let from = null, dragged = false
    const sweep = to => { const [a, b] = [from[0], to[0]].sort((x, y) => x - y); return {line: this.rowAt(from[1]), lo: this.value(a), hi: this.value(b)} }
    s.addEventListener('pointermove', e => { const to = this.strip.at(e)
      if (from && this.side === 'patients' && this.marks.length && (dragged || Math.abs(to[0] - from[0]) > 5)) { dragged = this.sweeping = true; this.hint(); this.swept = sweep(to); this.strip.ask(); return }
      const m = near(...this.strip.at(e)); s.style.cursor = m ? 'pointer' : 'default'; this.hint(e.clientX, e.clientY, m && told(m)) })
    let under = null; s.addEventListener('pointerdown', e => { under = near(...this.strip.at(e)); from = this.strip.at(e); dragged = false; s.setPointerCapture(e.pointerId) }) // a click comes in whole pixels, dots lie closer: taken is what was told
    s.addEventListener('pointerleave', () => this.hint()); s.addEventListener('click', () => { if (under && !dragged) take(under) })
    s.addEventListener('pointerup', e => { this.sweeping = false; if (from && dragged) this.brush(sweep(this.strip.at(e))); from = null }); s.addEventListener('pointercancel', () => { from = this.swept = null; this.sweeping = false; this.strip.ask() })
    s.addEventListener('keydown', e => { const by = {ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1}[e.key], n = (this.marks ?? []).length; if (!n) return
      if (e.key === 'Escape' && this.chosen.size) { e.preventDefault(); this.hint(); return this.brush(null) }
      if (by && e.shiftKey && this.marks[this.sideAt] && this.side === 'patients') { e.preventDefault() // from the dot that was reached, one value further with each key
        const m = this.marks[this.sideAt], row = this.marks.filter(o => o.line === m.line).sort((a, b) => a.value - b.value), base = this.swept?.anchor === this.sideAt ? this.swept : {end: row.indexOf(m)}, end = clamp(base.end + by, 0, row.length - 1), ends = [m.value, row[end].value]
        return this.brush({line: m.line, lo: Math.min(...ends), hi: Math.max(...ends), anchor: this.sideAt, end}) }
      if (by) { e.preventDefault(); this.sideAt = ((this.sideAt ?? -by) + by + n) % n; const m = this.marks[this.sideAt], r = s.getBoundingClientRect(); this.hint(r.left + m.x, r.top + m.y, told(m)); this.live.textContent = told(m).join(', ') }
      else if ((e.key === 'Enter' || e.key === ' ') && this.marks[this.sideAt]) { e.preventDefault(); take(this.marks[this.sideAt]) } })
  }
  panel(x, y) { return this.rects?.find(r => x >= r.x - 10 && x <= r.x + r.w + 10 && y >= r.y - 20 && y <= r.y + r.h + 20) ?? this.rects?.[0] }
  zoomAt(by, x, y) { const r = this.panel(x, y); if (!r) return; const [x0, x1, y0, y1] = this.domain, fx = clamp((x - r.x)/r.w, 0, 1), fy = clamp((r.y + r.h - y)/r.h, 0, 1)
    if (this.chart.flat) { const v = y0 + fx*(y1 - y0); return this.zoom([x0, x1, v - (v - y0)*by, v + (y1 - v)*by]) }
    const u = x0 + fx*(x1 - x0), v = y0 + fy*(y1 - y0); this.zoom([u - (u - x0)*by, u + (x1 - u)*by, v - (v - y0)*by, v + (y1 - v)*by]) }
  pan(dx, dy) { const r = this.rects?.[0]; if (!r) return; const [x0, x1, y0, y1] = this.domain
    if (this.chart.flat) { const d = dx/r.w*(y1 - y0); return this.zoom([x0, x1, y0 - d, y1 - d]) }
    const ux = dx/r.w*(x1 - x0), uy = dy/r.h*(y1 - y0); this.domain = [x0 - ux, x1 - ux, y0 + uy, y1 + uy]; this.zoom(this.domain) }
  keys(e) {
    const w = this.curves.w, h = this.curves.h, p = this.points
    const act = {'+': () => this.zoomAt(.8, w/2, h/2), '=': () => this.zoomAt(.8, w/2, h/2), '-': () => this.zoomAt(1.25, w/2, h/2), 0: () => this.zoom(null)}[e.key]
    if (act) { e.preventDefault(); return act() }
    const way = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]}[e.key], spots = this.spots; if (!spots.length) return
    let s = spots.find(s => s.i === this.cursor)
    if (way) { e.preventDefault()
      if (!s) s = spots[0]
      else { const same = spots.filter(o => o !== s && (way[0] ? (this.chart.flat ? o.cls !== s.cls : p.line[o.i] === p.line[s.i]) && (o.x - s.x)*way[0] > .5 : o.cls === s.cls && (this.chart.flat || p.at[o.i] === p.at[s.i]) && (o.y - s.y)*way[1] > -.01 && (Math.abs(o.y - s.y) > .01 || (p.line[o.i] - p.line[s.i])*way[1] > 0)))
        const far = o => Math.hypot(o.x - s.x, o.y - s.y); s = same.sort((a, b) => far(a) - far(b))[0] ?? s }
      this.cursor = s.i; const hit = {i: s.i, line: p.line[s.i], at: p.at[s.i], cls: s.cls, seed: null, value: p.mean[s.i]}, r = this.curves.canvas.getBoundingClientRect()
      this.curves.ask(); this.hint(r.left + s.x, r.top + s.y, this.words(hit)); this.live.textContent = this.words(hit).join(', ') }
    else if ((e.key === 'Enter' || e.key === ' ') && s) { e.preventDefault(); this.choose(p.line[s.i], p.at[s.i], s.cls) }
  }
  close() { this.curves.close(); this.strip.close(); this.picture.close(); super.close() }
}

export default {render({model, el: host}) { const view = new Explorer(model, host); host.view = view; return () => view.close() }}
