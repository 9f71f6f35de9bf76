// The case browser: a strip of small pictures, the case in large, two answers by turns, a list of marked cases

class Cases extends Front {
  constructor(model, host) {
    super(model, host)
    this.at = 0; this.small = new Map(); this.kept = new Map(); this.face = 0; this.panels = []
    this.shared = {zoom: 1, x: .5, y: .5, alpha: .35, errors: false, level: null, views: [], tell: () => { this.keep(); this.told() }}
    const slide = (label, min, max, step, put) => el('input', {type: 'range', min, max, step, 'aria-label': label, title: label, oninput: e => put(+e.target.value)})
    const chip = (text, label, click) => button(text, label, click, {className: 'tk-chip'})
    this.prev = button('◀', 'previous case (left arrow)', () => this.go(this.at - 1)); this.next = button('▶', 'next case (right arrow)', () => this.go(this.at + 1))
    this.slider = slide('case', 1, 1, 1, v => this.go(v - 1)); this.where = el('span', {className: 'tk-title', 'aria-live': 'polite'})
    this.mark = chip('mark', 'mark this case for relabelling (m)', () => this.flag())
    this.errors = chip('errors', 'errors instead of outlines (e)', () => this.turn())
    this.flick = chip('A/B', 'two answers in one place, by turns (b)', () => this.compare(!this.ab)); this.swap = chip('swap', 'the other answer (space)', () => this.other())
    this.auto = chip('auto', 'swap by itself', () => this.run(!this.timer)); this.reset = chip('fit', 'all of the picture (0)', () => this.panels[0]?.picture.reset())
    this.near = chip('+', 'closer (+, wheel)', () => this.panels[0]?.picture.zoomAt(1.25)); this.far = chip('−', 'farther (-, wheel)', () => this.panels[0]?.picture.zoomAt(.8))
    this.alpha = slide('tint of the truth', 0, 1, .05, v => { this.shared.alpha = v; this.redraw(); this.keep() })
    this.dark = slide('darkest value (window)', 0, 1, .01, v => { const b = this.levels()[1]; this.shared.level = [Math.min(v, b - .01), b]; this.redraw() })
    this.bright = slide('brightest value (window)', 0, 1, .01, v => { const a = this.levels()[0]; this.shared.level = [a, Math.max(v, a + .01)]; this.redraw() })
    const group = (text, ...inputs) => el('span', {className: 'tk-key'}, text, ...inputs)
    this.strip = el('div', {className: 'tk-strip', role: 'group', 'aria-label': 'all cases', onscroll: debounce(() => this.fetch(), 60)})
    this.board = el('div', {className: 'tk-panels'}); this.key = el('div', {className: 'tk-keys'}); this.add = chip('+ method', 'one more answer beside these', () => this.more())
    this.file = el('input', {type: 'text', value: 'marked.csv', 'aria-label': 'file of the marked cases (.csv or .json)'}); this.marks = el('span', {className: 'tk-chips'})
    this.root.append(el('div', {className: 'tk-row'}, this.prev, this.slider, this.next, this.where, this.mark), this.strip,
      el('div', {className: 'tk-row'}, el('span', {className: 'tk-chips'}, this.errors, this.flick, this.swap, this.auto, this.add), el('span', {className: 'tk-chips'}, this.far, this.near, this.reset),
        group('tint', this.alpha), group('window', this.dark, this.bright)),
      this.board, this.key, el('div', {className: 'tk-row tk-marked'}, el('b', {textContent: 'Marked for relabelling'}), this.marks, this.file, button('save list', 'save the marked cases', () => this.line.ask({do: 'save', value: this.file.value}))))
    this.later = debounce(() => { this.keeping = false; this.line.ask({do: 'view', value: {alpha: this.shared.alpha, zoom: this.shared.zoom, errors: this.shared.errors}}) }, 250)
    this.undo.push(() => clearInterval(this.timer))
    this.on('index', () => this.listed()); this.on('look', () => this.look()); this.on('detail', () => this.arrived(model.get('detail'))); this.on('ahead', () => this.store(model.get('ahead'))); this.on('thumbs', () => this.pictures(model.get('thumbs')))
    this.listed(); this.look(); this.pictures(model.get('thumbs')); this.arrived(model.get('detail'))
  }

  // From the kernel

  listed() { // the cases in their order; those with nothing to find are a group of their own
    const i = this.model.get('index') || {}; this.ids = i.ids || []; this.lines = i.lines || []; this.kept.clear()
    this.strip.replaceChildren(...this.ids.flatMap((id, k) => [
      i.none?.[k] && !i.none[k - 1] && el('div', {className: 'tk-gap', textContent: i.gap || ''}),
      button('', `${i.short[k]}: case ${id}, ${i.text[k]}`, () => this.go(k), {className: 'tk-thumb'})].filter(Boolean)))
    this.thumbs = [...this.strip.querySelectorAll('.tk-thumb')]; this.thumbs.forEach((b, k) => b.append(el('img', {alt: ''}), el('span', {textContent: i.short[k]})))
    this.slider.max = Math.max(1, this.ids.length); this.pictures(); setTimeout(() => this.fetch(), 30); this.caught()
  }
  caught() { // a case may arrive before the list that has it
    const d = this.model.get('detail'); if (d?.id && this.current !== d && d.id === this.ids[this.at] && d.shown.join() === this.shown?.join()) this.arrived(d) }
  look() {
    const l = this.model.get('look') || {}; this.marked = l.marked || []
    if (!this.line.waits('page')) this.at = clamp(l.index || 0, 0, Math.max(0, this.ids.length - 1))
    if (!this.keeping && !this.line.waits('view')) { Object.assign(this.shared, {alpha: l.alpha ?? .35, errors: !!l.errors}); if (l.zoom && Math.abs(this.shared.zoom - l.zoom) > .13) this.shared.zoom = l.zoom
      if (l.middle && this.shared.zoom > 1 && this.shared.x === .5 && this.shared.y === .5) [this.shared.x, this.shared.y] = l.middle }
    if (!this.line.waits('lines')) this.shown = l.shown || []
    this.frames(); this.told(); this.caught()
  }
  arrived(d) { if (!d || !d.id) { this.current = null; this.where.textContent = 'No case to show'; for (const p of this.panels) p.picture.show(null); return }
    this.store(d); if (d.id !== this.ids[this.at] || d.shown.join() !== this.shown.join()) return   // an answer that came too late
    this.draw(d); if (this.at + 1 < this.ids.length && !this.kept.has(this.id(this.at + 1))) this.line.ask({do: 'peek', value: this.at + 1}) }
  id(i) { return this.ids[i] + '|' + this.shown.join() }
  store(d) { if (!d?.id) return; const k = d.id + '|' + d.shown.join(); this.kept.delete(k); this.kept.set(k, d); if (this.kept.size > 24) this.kept.delete(this.kept.keys().next().value) }
  pictures(of = {}) { for (const [id, data] of Object.entries(of ?? {})) if (!this.small.has(id)) this.small.set(id, URL.createObjectURL(new Blob([data], {type: 'image/png'})))
    this.thumbs?.forEach((b, k) => { const url = this.small.get(this.ids[k]), img = b.firstChild; if (url && img.src !== url) img.src = url }); if (Object.keys(of ?? {}).length) this.fetch() }
  fetch() { const box = this.strip.getBoundingClientRect(), lack = this.ids.filter((id, k) => { const r = this.thumbs[k].getBoundingClientRect(); return !this.small.has(id) && r.right > box.left - 200 && r.left < box.right + 400 }).slice(0, 24)
    if (lack.length && box.width) this.line.ask({do: 'thumbs', value: lack}) }

  levels() { return this.shared.level ?? this.current?.image?.level ?? [0, 1] }

  // Gestures: the view follows at once, the kernel when it can

  go(i) { i = clamp(i, 0, this.ids.length - 1); if (i === this.at || i < 0) return; this.at = i; this.told(); const d = this.kept.get(this.id(i)); if (d) this.draw(d); this.line.ask({do: 'page', value: i}) }
  keep() { this.keeping = true; this.later() } // what the view shows is told when gestures rest; until then the kernel's older one doesn't count
  turn() { this.shared.errors = !this.shared.errors; this.redraw(); this.keep() }
  redraw() { for (const p of this.panels) p.picture.ask(); this.told() }
  flag() { const id = this.ids[this.at]; if (!id) return; this.marked = this.marked.includes(id) ? this.marked.filter(m => m !== id) : [...this.marked, id]; this.line.ask({do: 'mark', value: this.marked}); this.told() }
  compare(on) { this.ab = on; this.face = 0; if (!on) this.run(false); this.frames() }
  other() { if (!this.ab) this.compare(true); this.face = (this.face + 1) % Math.max(1, this.panels.length); this.faces() }
  run(on) { clearInterval(this.timer); this.timer = on ? setInterval(() => this.other(), 700) : 0; if (on) this.other(); press(this.auto, on) }
  pick(k, i) { this.shown = this.shown.map((l, j) => j === k ? i : l); this.sent() }
  more() { const free = this.lines.findIndex((_, i) => !this.shown.includes(i)); if (free >= 0) { this.shown = [...this.shown, free]; this.sent() } }
  less(k) { this.shown = this.shown.filter((_, j) => j !== k); this.sent() }
  sent() { this.frames(); this.line.ask({do: 'lines', value: this.shown}) }
  keys(e) { const act = {ArrowLeft: () => this.go(this.at - 1), ArrowRight: () => this.go(this.at + 1), m: () => this.flag(), b: () => this.compare(!this.ab), ' ': () => this.other(), Home: () => this.go(0), End: () => this.go(this.ids.length - 1)}[e.key]
    if (act && !e.shiftKey && !e.ctrlKey && !e.metaKey) { e.preventDefault(); act() } }

  // What it looks like

  frames() { // a panel for each answer
    const n = Math.max(1, this.shown.length)
    while (this.panels.length > n) { const p = this.panels.pop(); p.picture.close(); p.box.remove() }
    while (this.panels.length < n) { const k = this.panels.length, p = {picture: new Picture(this, 'picture of the case', this.shared), text: el('div', {className: 'tk-note'})}
      p.menus = ['method', 'budget', 'seed'].map(f => menu(`${f} of answer ${k + 1}`, v => this.wish(k, f, v))); p.off = button('×', `take answer ${k + 1} away`, () => this.less(k))
      p.box = el('section', {className: 'tk-panel', 'aria-label': `answer ${k + 1}`}, el('div', {className: 'tk-chips'}, el('b', {textContent: 'ABCDEFGH'[k] ?? ''}), ...p.menus, p.off), p.text, p.picture.box)
      p.picture.canvas.addEventListener('keydown', e => this.keys(e)); this.panels.push(p); this.board.append(p.box) }
    this.panels.forEach((p, k) => { const l = this.lines[this.shown[k]]; p.off.hidden = n < 2; for (const m of p.menus) m.hidden = !l; if (!l) return
      const of = (f, ...same) => [...new Set(this.lines.filter(o => same.every(s => o[s] === l[s])).map(o => o[f]))].map(v => [f === 'method' ? short(v, 36) : v === '' ? '–' : `${f} ${v}`, v])
      fill(p.menus[0], of('method'), l.method); fill(p.menus[1], of('budget', 'method'), l.budget); fill(p.menus[2], of('seed', 'method', 'budget'), l.seed)
      p.menus[1].hidden = p.menus[1].options.length < 2 && l.budget === ''; p.menus[2].hidden = p.menus[2].options.length < 2 && l.seed === '' })
    this.faces(); if (this.current && this.id(this.at) === this.current.id + '|' + this.current.shown.join()) this.draw(this.current)
  }
  wish(k, field, value) { // the nearest run that has it
    const l = {...this.lines[this.shown[k]], [field]: value}, rank = o => (o.method === l.method)*8 + (String(o[field]) === value)*16 + (o.budget === l.budget)*2 + (o.seed === l.seed)
    this.pick(k, this.lines.reduce((best, o, i) => rank(o) > rank(this.lines[best]) ? i : best, 0)) }
  faces() { const two = this.ab && this.panels.length > 1; this.face %= this.panels.length; this.board.classList.toggle('one', !!two); this.panels.forEach((p, k) => { p.box.hidden = two && k !== this.face })
    press(this.flick, this.ab); this.swap.hidden = this.auto.hidden = !two; this.flick.hidden = this.panels.length < 2 && this.lines.length < 2
    const n = two ? 1 : this.panels.length, most = {wide: 3, middle: 2, narrow: 1}[this.root.dataset.width] ?? 2; this.board.style.setProperty('--n', Math.min(n, most)); this.tall() }
  tall() { const image = this.current?.image?.shape ?? [3, 4]; for (const p of this.panels) { const w = p.picture.box.clientWidth; if (w) p.picture.box.style.height = clamp(w*image[0]/image[1], 200, 640) + 'px' } this.redraw() }
  paint() { if (this.board && this.panels) this.faces() }
  draw(d) { this.current = d; this.tall()
    this.panels.forEach((p, k) => { const a = d.answers[k]; p.text.textContent = a ? a.text : 'truth'
      p.picture.show({image: d.image, truth: d.truth, labels: a?.labels, classes: d.classes, key: d.key, alt: a?.alt || d.alt}).catch(e => this.tell(String(e.message ?? e))) }); this.told() }
  told() { if (!this.ids) return; const n = this.ids.length, id = this.ids[this.at], i = this.model.get('index') || {}
    this.where.textContent = n ? `${this.at + 1} of ${n} · ${id}${i.text?.[this.at] ? ' · ' + i.text[this.at] : ''}` : 'No case to show'; this.slider.value = this.at + 1; this.prev.disabled = this.at < 1; this.next.disabled = this.at >= n - 1
    this.thumbs?.forEach((b, k) => { const on = k === this.at; b.classList.toggle('on', on); b.setAttribute('aria-current', on); b.classList.toggle('marked', this.marked.includes(this.ids[k])); if (on && this.lastSeen !== id) { this.lastSeen = id; this.strip.scrollLeft = b.offsetLeft - this.strip.clientWidth/2 } })
    press(this.mark, this.marked?.includes(id)); this.mark.textContent = this.marked?.includes(id) ? 'unmark' : 'mark'; this.mark.setAttribute('aria-label', `${this.mark.textContent} this case for relabelling (m)`); press(this.errors, this.shared.errors); this.alpha.value = this.shared.alpha; [this.dark.value, this.bright.value] = this.levels()
    this.marks.textContent = this.marked?.length ? this.marked.join(', ') : 'none yet: mark the case that is shown'; this.add.hidden = this.shown.length >= Math.min(8, this.lines.length)
    keyOf(this.key, this.current && {...this.current, labels: this.current.answers.some(a => a.labels)}, this.shared.errors) }
  close() { for (const p of this.panels) p.picture.close(); for (const url of this.small.values()) URL.revokeObjectURL(url); super.close() }
}

export default {render({model, el: host}) { const view = new Cases(model, host); host.view = view; return () => view.close() }}
