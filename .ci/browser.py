"""Run each tutorial in a real JupyterLab, in a real browser, and look at what a reader would see.

python .ci/browser.py [--shots FOLDER] [--only 06 …] [--limit SECONDS]

Every tutorial: all cells run, no error, a live view where the stored page has its static twin. In 06 every control of the explorer and of the case browser
is moved by mouse and by keyboard, at 1280 and at 400 px: the picture must follow, what it says is compared with the CSV files of the study, and the time from
the gesture to the frame is told. Then the page is seen in the dark theme, saved, and opened again without its kernel.
Works on a copy of nbs/tutorials with IN_TEST=1. Without playwright or a chromium it says so and passes.
"""
import argparse, json, os, secrets, shutil, signal, socket, subprocess, sys, tempfile, time, urllib.request
from contextlib import contextmanager
from pathlib import Path

TUTORIALS = Path(__file__).resolve().parent.parent/'nbs'/'tutorials'
FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking', '--disable-component-update', '--disable-sync']
SETTINGS = {'notebook-extension/tracker': dict(windowingMode='none', autoStartDefaultKernel=True),   # all cells are there, not only those in sight
            'apputils-extension/notification': dict(fetchNews='false', checkForUpdates=False, doNotDisturbMode=True)}

def saw(what, ok=True):
    "A line for each thing that was seen; the end at the first that was not"
    print('  saw ' if ok else '  MISSED ', what, flush=True)
    if not ok: raise SystemExit(1)

def until(seen, what, seconds=120):
    "Wait for seen() to be true"
    end, why = time.time() + seconds, ''
    while time.time() < end:
        try:
            if seen(): return saw(what)
        except (AssertionError, LookupError) as e: why = f': {e}'                          # not yet, or the page is half updated
        time.sleep(.5)
    saw(f'{what} (waited {seconds} s{why})', False)

# A JupyterLab of our own

class Lab:
    "Where it is, and how to ask it"
    def __init__(self, home):
        with socket.socket() as s: s.bind(('127.0.0.1', 0)); port = s.getsockname()[1]
        self.home, self.folder, self.port = home, home/'tutorials', port
        self.token, self.url = secrets.token_hex(16), f'http://127.0.0.1:{port}'
        shutil.copytree(TUTORIALS, self.folder, ignore=shutil.ignore_patterns('runs', 'tskd-*', '.ipynb_checkpoints'))
        for name, values in SETTINGS.items():
            file = home/f'settings/@jupyterlab/{name}.jupyterlab-settings'
            file.parent.mkdir(parents=True, exist_ok=True); file.write_text(json.dumps(values))

    def ask(self, path, method='GET'):
        "A call of its REST interface"
        request = urllib.request.Request(self.url + path, method=method, headers=dict(Authorization=f'token {self.token}'))
        with urllib.request.urlopen(request, timeout=30) as answer: return json.loads(answer.read() or 'null')

    def up(self):
        try: return self.ask('/api')
        except OSError: return False

    def notebook(self, name): return json.loads((self.folder/name).read_text(encoding='utf-8'))
    def end_kernels(self):
        for session in self.ask('/api/sessions'): self.ask(f'/api/sessions/{session["id"]}', 'DELETE')

@contextmanager
def running_lab():
    "Start it, and end it by its own process"
    with tempfile.TemporaryDirectory(prefix='tskd-lab-', ignore_cleanup_errors=True) as home:
        home = Path(home); lab = Lab(home); (home/'tmp').mkdir()
        own = dict(JUPYTERLAB_SETTINGS_DIR='settings', JUPYTERLAB_WORKSPACES_DIR='workspaces', JUPYTER_CONFIG_DIR='config', JUPYTER_DATA_DIR='data',
                   JUPYTER_RUNTIME_DIR='runtime', IPYTHONDIR='ipython', TMPDIR='tmp')
        command = [sys.executable, '-m', 'jupyterlab', '--no-browser', '--allow-root', '--ServerApp.ip=127.0.0.1', f'--ServerApp.port={lab.port}',
                   '--ServerApp.port_retries=0', f'--IdentityProvider.token={lab.token}', f'--ServerApp.root_dir={lab.folder}']
        with open(home/'lab.log', 'w') as log:
            settings = {k: str(home/v) for k, v in own.items()} | dict(IN_TEST='1', OMP_NUM_THREADS='1')    # threads that wait for each other crawl on a busy machine
            process = subprocess.Popen(command, env=os.environ | settings, stdout=log, stderr=log)
        try: until(lab.up, 'a JupyterLab'); yield lab
        finally:
            process.terminate()                                                            # it ends its kernels
            try: process.wait(30)
            except subprocess.TimeoutExpired: process.kill()

# A notebook in it

class Page:
    "A notebook as a reader has it before him"
    def __init__(self, browser, lab, name):
        self.lab, self.name = lab, name
        self.sources = [''.join(c['source']) for c in lab.notebook(name)['cells'] if c['cell_type'] == 'code']
        self.tab = browser.new_context(viewport=dict(width=1300, height=1500)).new_page()
        self.tab.goto(f'{lab.url}/lab/tree/{name}?token={lab.token}&reset', timeout=180_000)
        self.tab.wait_for_selector('.jp-Notebook .jp-CodeCell', timeout=180_000)
        until(self.idle, f'{name}: opened', 180)

    def close(self): self.tab.context.close()
    def code(self, i): return self.tab.locator('.jp-Notebook .jp-CodeCell').nth(i)
    def cell(self, begins): return self.code(next(i for i, s in enumerate(self.sources) if s.startswith(begins)))

    def menu(self, *path):
        "Choose from the menus"
        self.tab.click(f'.lm-MenuBar-itemLabel:text-is("{path[0]}")')
        for item in path[1:]:
            self.tab.wait_for_timeout(700); self.tab.hover(f'.lm-Menu-itemLabel:text-is("{item}")')
        self.tab.click(f'.lm-Menu-itemLabel:text-is("{path[-1]}")')

    def answer(self):
        "Say yes to a question that JupyterLab asks: which kernel, on a slow machine"
        for yes in self.tab.locator('.jp-Dialog .jp-mod-accept').all(): yes.click()

    def idle(self):
        self.answer()
        return '| Idle' in self.tab.locator('#jp-main-statusbar').inner_text()

    def prompts(self): return self.tab.locator('.jp-Notebook .jp-CodeCell .jp-InputPrompt').all_inner_texts()

    def finished(self):
        "Whether every cell has run; an error ends the wait"
        self.answer()
        errors = self.tab.locator('.jp-RenderedText[data-mime-type="application/vnd.jupyter.error"]').all_inner_texts()
        saw(f'an error: {errors[0][-1500:]}', False) if errors else None
        prompts = self.prompts()
        return '[*]:' not in prompts and any(c.isdigit() for c in prompts[-1])

    def run_all(self, seconds=900):
        self.menu('Run', 'Run All Cells')
        start = time.time(); until(lambda: '[*]:' in self.prompts() or self.finished(), 'cells waiting for their turn, or all done', 60)
        until(self.finished, f'{self.name}: all cells run, no error', seconds)
        print(f'      {time.time() - start:.0f} s')

    def save(self):
        before = (self.lab.folder/self.name).stat().st_mtime_ns
        self.tab.keyboard.press('Escape'); self.tab.keyboard.press('Control+s')
        until(lambda: (self.lab.folder/self.name).stat().st_mtime_ns > before, 'saved')

    def shot(self, path, cell=None):
        "A picture of the page, from a cell's output on"
        if cell is not None: cell.locator('.jp-Cell-outputWrapper').evaluate('e => e.scrollIntoView({block: "start"})')
        self.tab.wait_for_timeout(1500); self.tab.screenshot(path=str(path))

def views_of(notebook):
    "Places among the code cells whose stored output has a static twin: there a live view must appear"
    cells = [c for c in notebook['cells'] if c['cell_type'] == 'code']
    return [i for i, c in enumerate(cells) if 'tskd-static' in json.dumps(c['outputs'])]

def run(browser, lab, name, shots):
    "Any tutorial; the page stays open"
    views, page = views_of(lab.notebook(name)), Page(browser, lab, name)
    page.run_all()
    for i in views:
        until(page.code(i).locator('.jupyter-widgets').count, f'a live view in code cell {i}')
        saw('its twin is hidden', not any(t.is_visible() for t in page.code(i).locator('.tskd-static').all()))
    page.shot(shots/f'{Path(name).stem}.png', page.code(views[0]) if views else None)
    return page

# What is true in 06, read from the study's CSV files with pandas alone

class Truth:
    def __init__(self, lab):
        import pandas as pd
        self.study = next((lab.home/'tmp').rglob('study.json')).parent
        cells = json.loads((self.study/'study.json').read_text())['cells']
        self.df = pd.concat(pd.read_csv(self.study.parent/name/'evaluation/results.csv') for name in cells)

    def rows(self, **where): return self.df[(self.df[list(where)] == list(where.values())).all(axis=1)]
    def dice(self, **where): return f'{self.rows(**where).groupby("group").dice.mean().mean():.3f}'
    def worst(self, **where):
        "The image with the lowest mean over its seeds, of those where there is something to find"
        rows = self.rows(**where)
        mean = rows[~rows['flags'].isin(['empty', 'false'])].groupby('case').dice.mean()
        return mean[mean == mean.min()].index.min()
    def lines(self): return list(self.df.method.unique())

# A view that is drawn in the browser: what it shows, and how soon after a gesture

CLOCK = """() => { if (window.tkClock) return; window.tkClock = {at: 0}
    for (const kind of ['pointerdown', 'pointermove', 'click', 'keydown', 'wheel', 'change', 'input']) addEventListener(kind, e => { tkClock.at = performance.now() }, {capture: true, passive: true}) }"""
SOON = """([root, seen, canvas, before]) => new Promise(done => { // the time between the last gesture and the first frame that shows its effect
    const view = root.parentElement.view, now = Function('view', 'return ' + seen), end = performance.now() + 90000
    const look = () => { let yes = false; try { yes = now(view) && (!canvas || canvas.toDataURL() !== before) } catch {} ; const t = performance.now()
        yes ? done(Math.max(0, t - tkClock.at)) : t > end ? done(-1) : requestAnimationFrame(look) }
    requestAnimationFrame(look) })"""

NAMES = dict(scratch='Labels only', scratch_long='Labels only, as many steps', task_specific='Distilled', teacher='Teacher')      # as people say them

class Front:
    "A live view, as mouse and keyboard find it"
    times = []                                                                             # (width, view, gesture, milliseconds)
    def __init__(self, page, begins):
        self.page, self.tab, self.keyboard, self.mouse = page, page.tab, page.tab.keyboard, page.tab.mouse
        self.cell = page.cell(begins); self.root = self.cell.locator('.tk').first; self.name = begins.split()[-1].split('(')[0]
        until(self.root.is_visible, f'{self.name}: its live view'); self.tab.evaluate(CLOCK)

    def ask(self, what): return self.root.evaluate(f'root => {{ const view = root.parentElement.view; return {what} }}')
    def button(self, label): return self.root.get_by_role('button', name=label, exact=True).first
    def menu(self, label): return self.root.locator(f'select[aria-label="{label}"]')
    def slider(self, label): return self.root.locator(f'input[type=range][aria-label="{label}"]')
    def labelled(self, text): return self.cell.locator(f'.widget-inline-hbox:has(> .widget-label:text-is("{text}")) select').first
    def shot(self, canvas): return canvas.evaluate('e => e.toDataURL()')
    def spot(self, canvas, x, y):
        "A place of a canvas, on the screen"
        canvas.scroll_into_view_if_needed(); box = canvas.bounding_box()
        return box['x'] + x, box['y'] + y

    def does(self, what, act, shows, seen='true', canvas=None):
        "A gesture: `seen` (JavaScript) says when the picture has followed, `shows` what must then hold; a canvas must look different"
        before = self.shot(canvas) if canvas is not None else None
        act(); ms = self.tab.evaluate(SOON, [self.root.element_handle(), seen, canvas and canvas.element_handle(), before])
        saw(f'{self.name}: {what}: the picture never followed ({seen})', False) if ms < 0 else self.times.append((self.tab.viewport_size['width'], self.name, what, ms))
        until(lambda: shows() and (canvas is None or self.shot(canvas) != before), f'{self.name}: {what} ({ms:.0f} ms)')

    def key(self, target, *keys): target.focus(); [self.keyboard.press(k) for k in keys]
    def choose(self, select, label):
        "From a menu, by the arrow keys: letters find too, but are forgotten after a second, too soon on a slow machine"
        at, texts = select.evaluate('e => [e.selectedIndex, [...e.options].map(o => o.text.replaceAll("\\xa0", " "))]')
        by = next(i for i, text in enumerate(texts) if text.startswith(label)) - at
        self.key(select, *['ArrowDown' if by > 0 else 'ArrowUp']*abs(by))

class Explorer(Front):
    def __init__(self, page, truth):
        super().__init__(page, 'explorer = DiceExplorer'); self.truth = truth
        self.curves, self.side, self.picture = (self.root.locator(f'{s} canvas').first for s in ('.tk-curves', '.tk-side', '.tk-detail .tk-sheet'))

    def tip(self): return self.root.locator('.tk-tip').inner_text() if self.root.locator('.tk-tip').is_visible() else ''
    def title(self): return self.root.locator('.tk-title').first.inner_text()
    def listed(self): return self.root.locator('.tk-list button').all_inner_texts()
    def call(self): return self.cell.locator('.widget-html code').last.inner_text()
    def table(self): return [r.split('\t') for r in self.cell.locator('.widget-html table').first.inner_text().splitlines()[1:]]
    def inks(self, line):
        "How many pixels of the curves have the colour of a line"
        return self.curves.evaluate("""(e, c) => { const d = e.getContext('2d').getImageData(0, 0, e.width, e.height).data, near = (i, k) => Math.abs(d[i + k] - c[k]) < 12; let n = 0
            for (let i = 0; i < d.length; i += 4) if (d[i + 3] > 250 && near(i, 0) && near(i, 1) && near(i, 2)) n++; return n }""", self.ask(f"""(c => c.match(/\\w\\w/g).map(v => parseInt(v, 16)))(view.lines.find(l => l.id === '{line}').colour)"""))

    def point(self, line, budget, name):
        "Where a point is drawn"
        x, y = self.ask(f"""(s => [s.x, s.y])(view.spots.find(s => view.lines[view.points.line[s.i]].id === '{line}' && view.points.at[s.i] === {budget} && view.names[s.cls] === '{name}'))""")
        return self.spot(self.curves, x, y)

    def agrees(self, *off):
        "Whether the table has the lines that are on, each number as the CSV files have it"
        rows = self.table()
        said = {NAMES[l]: l for l in self.truth.lines() if l not in off}
        assert {r[0] for r in rows} == set(said), {r[0] for r in rows}
        for line, budget, name, value, *_ in rows:
            want = self.truth.dice(method=said[line], budget=int(budget), **{'class': name})
            assert value.startswith(want), f'{line} {budget} {name}: {value}, not {want}'
        return True

    def picked(self, line, budget, name):
        "Whether this point's worst case is the picture beside it"
        want = self.truth.worst(method=line, budget=budget, **{'class': name})
        assert self.title() == f'{NAMES[line]} at budget {budget}, {name}', self.title()
        assert self.listed()[0].startswith(want), f'{self.listed()[0]}, not {want}'
        return self.picture.get_attribute('aria-label').startswith(want)

PICKED = 'view.picture.image && view.picture.what === view.model.get("detail").case && view.title.textContent.startsWith({0!r})'

def drive_explorer(page, truth):
    "Every control of the explorer, by mouse and by keyboard"
    e, name = Explorer(page, truth), 'parenchyma'; chip = e.button(NAMES['scratch_long'])
    until(lambda: all(e.inks(l) > 20 for l in truth.lines()), 'every line is drawn, in its colour')
    if not e.cell.locator('.widget-html table').first.is_visible(): e.cell.get_by_text('Numbers', exact=True).click()
    e.does('a method off, by mouse', chip.click, lambda: e.inks('scratch_long') == 0, 'view.off.size === 1', e.curves)
    until(lambda: e.agrees('scratch_long'), 'the table without it says what the CSV files say')
    e.does('and on again, by keyboard', lambda: e.key(chip, 'Space'), lambda: e.inks('scratch_long') > 20, 'view.off.size === 0', e.curves)
    until(e.agrees, 'the table says what the CSV files say')
    for text in 'intervals', 'seeds', 'log axis':
        e.does(f'{text} off, by mouse', e.button(text).click, lambda: e.button(text).get_attribute('aria-pressed') == 'false', canvas=e.curves)
        e.does(f'{text} on, by keyboard', lambda: e.key(e.button(text), 'Enter'), lambda: e.button(text).get_attribute('aria-pressed') == 'true', canvas=e.curves)
    other = e.button('class central echo')
    e.does('a class off, by mouse', other.click, lambda: e.ask('view.rects.length') == 1, canvas=e.curves)
    e.does('a class on, by keyboard', lambda: e.key(other, 'Space'), lambda: e.ask('view.rects.length') == 2, canvas=e.curves)
    x, y = e.point('task_specific', 24, name); value = truth.dice(method='task_specific', budget=24, **{'class': name})
    def told(): # beside the pointer
        box = e.root.locator('.tk-tip').bounding_box()
        return 'Distilled' in e.tip() and f'budget 24, {name}: {value}' in e.tip() and abs(box['y'] - y) < 130 and abs(box['x'] - x) < 320
    e.does('hovering tells the point, at the pointer', lambda: e.mouse.move(x + 1, y), told, '!view.tip.hidden')
    e.does('a click shows its case beside it', lambda: e.mouse.click(x, y), lambda: e.picked('task_specific', 24, name), PICKED.format('Distilled at budget 24'), e.picture)
    e.does('wheel: closer', lambda: (e.mouse.move(x, y), e.mouse.wheel(0, -300)), lambda: e.ask('!!view.range'), canvas=e.curves)
    def drag(): e.mouse.move(x - 60, y + 30); e.mouse.down(); e.mouse.move(x - 20, y + 50, steps=4); e.mouse.up()
    e.does('drag: along', drag, lambda: True, canvas=e.curves)
    e.does('reset zoom, by mouse', e.button('reset zoom: show everything again (0)').click, lambda: not e.ask('!!view.range'), canvas=e.curves)
    e.does('closer, by keyboard', lambda: e.key(e.curves, '+'), lambda: e.ask('!!view.range'), canvas=e.curves)
    e.does('reset, by keyboard', lambda: e.key(e.curves, '0'), lambda: not e.ask('!!view.range'), canvas=e.curves)
    e.does('arrows go from point to point', lambda: e.key(e.curves, 'ArrowRight', 'ArrowRight', 'ArrowDown'), lambda: 'budget' in e.tip() and 'patients' in e.root.locator('.tk-unseen').inner_text(), canvas=e.curves)
    e.does('Enter picks one', lambda: e.keyboard.press('Enter'), lambda: e.title() != f'Distilled at budget 24, {name}', 'view.title.textContent.startsWith(view.lines[view.pick[0]].name)', e.picture)
    for tab in 'Pairs', 'Patients': e.does(f'{tab}, by mouse', e.button(tab).click, lambda: e.button(tab).get_attribute('aria-pressed') == 'true', canvas=e.side)
    e.does('class of the panel, by keyboard', lambda: e.choose(e.menu('class of the panel'), 'central'), lambda: e.ask('view.names[view.focus.cls]') == 'central echo', canvas=e.side)
    e.does('place of the panel, by keyboard', lambda: e.choose(e.menu('place of the panel'), 'budget 6'), lambda: e.ask('view.focus.at') == 6, canvas=e.side)
    mark = e.ask('view.marks.map(m => ({x: m.x, y: m.y, line: view.lines[m.line].name, group: view.groups[m.group], seed: m.seed, value: m.value}))[3]')
    at = e.spot(e.side, mark['x'], mark['y'])
    e.does('a dot names patient, seed and value', lambda: e.mouse.move(*at), lambda: f"patient {mark['group']}" in e.tip() and 'seed ' in e.tip() and 'Dice 0.' in e.tip(), '!view.tip.hidden')
    e.does('its click shows that patient', lambda: e.mouse.click(*at), lambda: e.title().startswith(mark['line']) and e.ask('view.group') >= 0 and all(t.startswith(mark['group']) for t in e.listed()), f'view.group >= 0 && view.title.textContent.startsWith({mark["line"]!r})')
    e.does('a dot, by keyboard', lambda: e.key(e.side, 'ArrowRight', 'ArrowRight'), lambda: 'patient' in e.tip(), '!view.tip.hidden')
    drive_brush(e, truth)
    e.button('Pairs').click()
    e.does('first method, by keyboard', lambda: e.choose(e.menu('first method'), 'Teacher'), lambda: e.ask('view.lines[view.pair[0]].name') == 'Teacher', canvas=e.side)
    e.does('second method, by keyboard', lambda: e.choose(e.menu('second method'), 'Distilled'), lambda: 'is better in' in e.root.locator('.tk-side > .tk-note').inner_text(), canvas=e.side)
    e.does('both methods, back', lambda: (e.choose(e.menu('first method'), NAMES['scratch']), e.choose(e.menu('second method'), NAMES['scratch_long'])), lambda: True, 'view.pair.join() === "0,1"', e.side)
    for label, *words in ('metric', ('HD95', 'view.chart.y.startsWith("HD95")'), ('Dice', 'view.chart.y === "Dice"')), ('minus', (NAMES['scratch_long'], 'view.chart.reference === "scratch_long"'), ('(no', '!view.chart.reference')), ('over', ('method', 'view.chart.flat'), ('budget', '!view.chart.flat')):
        for word, seen in words: e.does(f'{label}: {word}, by keyboard', lambda: e.choose(e.labelled(label), word), lambda: True, seen, e.curves)
    e.button('Patients').click(); spot = e.point('teacher', 6, name)
    e.does('another point', lambda: e.mouse.click(*spot), lambda: e.picked('teacher', 6, name), PICKED.format('Teacher at budget 6'), e.picture)
    first = e.picture.get_attribute('aria-label')
    e.does('next case, by mouse', e.button('next case').click, lambda: e.picture.get_attribute('aria-label') != first, 'view.model.get("detail").index === 1 && view.picture.what === view.model.get("detail").case', e.picture)
    e.does('previous case, by keyboard', lambda: e.key(e.picture, 'ArrowLeft'), lambda: e.picture.get_attribute('aria-label') == first, 'view.model.get("detail").index === 0 && view.picture.what === view.model.get("detail").case', e.picture)
    e.does('errors have their own key', lambda: e.key(e.picture, 'e'), lambda: 'missed' in e.root.locator('.tk-keys').inner_text() and 'truth' not in e.root.locator('.tk-keys').inner_text(), canvas=e.picture)
    e.does('outlines again, by mouse', e.button('errors instead of outlines (e)').click, lambda: 'truth' in e.root.locator('.tk-keys').inner_text(), canvas=e.picture)
    e.does('wheel on the picture', lambda: (e.mouse.move(*e.spot(e.picture, 90, 90)), e.mouse.wheel(0, -300)), lambda: e.ask('view.picture.shared.zoom') > 1, canvas=e.picture)
    e.does('all of the picture, by keyboard', lambda: e.key(e.picture, '0'), lambda: e.ask('view.picture.shared.zoom') == 1, canvas=e.picture)
    until(e.agrees, 'after all this the table still says what the CSV files say')
    ten = e.button(NAMES['scratch'])
    e.does('ten fast gestures', lambda: ten.evaluate('b => { for (let i = 0; i < 10; i++) b.click() }'), lambda: e.inks('scratch') > 20, '!view.line.busy && !view.line.want.size')

def drive_brush(e, truth):
    "Drag along a row of patients: the cases of those between two values, as the CSV files have them"
    of_case, chosen = dict(zip(truth.df.case, truth.df.group)), 'view.chosen.size && view.title.textContent.endsWith("chosen patients")'
    def brushed(some=True):
        line, at, name, lo, hi = e.ask('[view.lines[view.swept.line].id, view.focus.at, view.names[view.focus.cls], view.swept.lo, view.swept.hi]')
        means = truth.rows(method=line, budget=at, **{'class': name}).groupby(['group', 'seed']).dice.mean()
        want = {g for (g, _), v in means.items() if lo - 1e-6 <= v <= hi + 1e-6}; rows = truth.rows(method=line, budget=at, **{'class': name})
        assert e.title() == f'{NAMES[line]} at budget {at}, {name}, {len(want)} chosen patients', (e.title(), want)
        assert {of_case[t.split(' · ')[0]] for t in e.listed()} == want and len(e.listed()) == rows[rows.group.isin(want)].case.nunique(), (e.listed(), want)
        assert f'Chosen: {len(want)} of ' in e.root.locator('.tk-side > .tk-note').inner_text()
        assert 0 < len(want) and (not some or len(want) < means.index.get_level_values(0).nunique()), (line, lo, hi, want)
        return True
    def drag():
        of = {}                                                                            # rows of dots; that with the most places is wide enough
        for line, x, y in e.ask('view.marks.map(m => [m.line, m.x, m.y])'): of.setdefault(line, []).append((round(x, 1), y))
        row = max(of.values(), key=lambda r: len({x for x, _ in r})); xs = sorted({x for x, _ in row}); end = (xs[len(xs)//3] + xs[len(xs)//3 + 1])/2
        x, y = e.spot(e.side, xs[0] - 3, sum(v for _, v in row)/len(row))
        e.mouse.move(x, y); e.mouse.down(); e.mouse.move(x + end - xs[0] + 3, y, steps=8); e.mouse.up()
    e.choose(e.menu('class of the panel'), 'parenchyma'); e.choose(e.menu('place of the panel'), 'budget 24')
    e.does('brush: drag along a row', drag, brushed, chosen, e.side)
    every = e.button('the cases of all patients again (Esc)')
    e.does('all patients again, by mouse', every.click, lambda: not every.is_visible() and 'chosen' not in e.title(), '!view.title.textContent.includes("chosen")', e.side)
    e.does('brush, by keyboard', lambda: e.key(e.side, 'ArrowRight', 'Shift+ArrowRight', 'Shift+ArrowRight', 'Shift+ArrowRight'), lambda: brushed(False), chosen, e.side)
    e.does('all patients again, by keyboard', lambda: e.key(e.side, 'Escape'), lambda: 'chosen' not in e.title(), '!view.chosen.size && !view.title.textContent.includes("chosen")', e.side)

class Cases(Front):
    def __init__(self, page, truth):
        super().__init__(page, 'CaseBrowser'); self.truth, self.picture = truth, self.root.locator('.tk-panel canvas').first
    def where(self): return self.root.locator('.tk-title').first.inner_text()
    def shows(self, i): return self.where().startswith(f'{i + 1} of ') and self.ask('view.current?.id === view.ids[view.at]')
    def is_at(self, i): return f'view.at === {i} && view.current.id === view.ids[{i}] && view.panels.every(p => p.picture.what?.image === view.current.image && p.picture.image)'

def drive_cases(page, truth):
    "Every control of the case browser, by mouse and by keyboard"
    c = Cases(page, truth); until(lambda: c.shows(0), 'the worst case')
    c.does('next, by mouse', c.button('next case (right arrow)').click, lambda: c.shows(1), c.is_at(1), c.picture)
    c.does('next, by keyboard on the picture', lambda: c.key(c.picture, 'ArrowRight'), lambda: c.shows(2), c.is_at(2), c.picture)
    c.does('previous, by mouse', c.button('previous case (left arrow)').click, lambda: c.shows(1), c.is_at(1), c.picture)
    c.does('the slider, by keyboard', lambda: c.key(c.slider('case'), 'ArrowRight', 'ArrowRight'), lambda: c.shows(3), c.is_at(3), c.picture)
    c.does('a small picture, by mouse', c.root.locator('.tk-thumb').nth(4).click, lambda: c.shows(4), c.is_at(4), c.picture)
    n = c.ask('view.ids.length'); fast = min(10, n - 5)
    c.does('ten fast cases', lambda: c.key(c.picture, *['ArrowRight']*fast), lambda: c.shows(4 + fast), c.is_at(4 + fast), c.picture)
    c.does('the first, by keyboard', lambda: c.key(c.picture, 'Home'), lambda: c.shows(0), c.is_at(0), c.picture)
    key = c.root.locator('.tk-keys')
    c.does('errors, by mouse: with a key of their own', c.button('errors instead of outlines (e)').click, lambda: 'missed' in key.inner_text() and 'truth' not in key.inner_text(), canvas=c.picture)
    c.does('outlines, by keyboard', lambda: c.key(c.picture, 'e'), lambda: 'truth' in key.inner_text(), canvas=c.picture)
    c.does('wheel: closer, in all pictures', lambda: (c.mouse.move(*c.spot(c.picture, 100, 100)), c.mouse.wheel(0, -400)), lambda: c.ask('view.shared.zoom') > 1.2, canvas=c.picture)
    c.does('fit, by mouse', c.button('fit: all of the picture (0)').click, lambda: c.ask('view.shared.zoom') == 1, canvas=c.picture)
    c.does('closer, by keyboard', lambda: c.key(c.picture, '+', '+'), lambda: c.ask('view.shared.zoom') > 1.5, canvas=c.picture)
    c.does('fit, by keyboard', lambda: c.key(c.picture, '0'), lambda: c.ask('view.shared.zoom') == 1, canvas=c.picture)
    for label in 'tint of the truth', 'darkest value (window)', 'brightest value (window)':
        c.does(f'{label}, by keyboard', lambda: c.key(c.slider(label), 'Home' if label != 'darkest value (window)' else 'End'), lambda: True, canvas=c.picture)
        c.does(f'{label}, back', lambda: c.key(c.slider(label), 'End' if label != 'darkest value (window)' else 'Home'), lambda: True, canvas=c.picture)
    text = 'e => e.selectedOptions[0].text'; were = [(f, c.menu(f'{f} of answer 1').evaluate(text)) for f in ('method', 'budget', 'seed')]
    for field, word in ('method', 'Teacher'), ('budget', 'budget 6'), ('seed', 'seed 1'), *were:
        menu = c.menu(f'{field} of answer 1')
        if menu.evaluate(text) != word: c.does(f'{field} of answer 1: {word}, by keyboard', lambda: c.choose(menu, word), lambda: menu.evaluate(text) == word, 'view.current.shown.join() === view.shown.join() && view.panels[0].picture.what?.labels === view.current.answers[0].labels')
    assert {'budget', 'method'} <= {w[2].split()[0] for w in c.times if w[1] == c.name}, 'the menus of an answer were not moved'
    panels = c.root.locator('.tk-panel')
    c.does('A/B, by mouse: one place', c.button('A/B: two answers in one place, by turns (b)').click, lambda: [p.is_visible() for p in panels.all()].count(True) == 1)
    c.does('swap, by keyboard', lambda: c.key(c.picture, 'Space'), lambda: panels.nth(1).is_visible() and not panels.nth(0).is_visible(), 'view.face === 1')
    c.does('swap, by mouse', c.button('swap: the other answer (space)').click, lambda: panels.nth(2 if panels.count() > 2 else 0).is_visible(), 'view.face !== 1')
    c.button('A/B: two answers in one place, by turns (b)').click(); count = panels.count()
    c.does('one answer away, by mouse', c.button(f'take answer {count} away').click, lambda: panels.count() == count - 1, f'view.panels.length === {count - 1}')
    c.does('one more answer, by mouse', c.button('+ method: one more answer beside these').click, lambda: panels.count() == count, f'view.panels.length === {count} && view.panels[{count - 1}].picture.image')
    c.does('mark, by mouse', c.button('mark this case for relabelling (m)').click, lambda: c.ask('view.ids[view.at]') in c.root.locator('.tk-marked').inner_text())
    c.root.get_by_role('button', name='save list: save the marked cases').click()
    until(lambda: 'written' in c.root.locator('.tk-said').inner_text(), 'the list of marked cases is written')
    c.does('unmark, by keyboard', lambda: c.key(c.picture, 'm'), lambda: 'none yet' in c.root.locator('.tk-marked').inner_text())
    for label, word, back in ('by', 'hd95', 'dice'), ('order', 'data', 'worst'), ('only', 'missed', 'all'), ('patient', c.ask('view.ids[5].slice(0, 3)'), 'all'):
        ids = c.ask('view.ids.join()')
        c.does(f'{label}: {word}', lambda: c.choose(c.labelled(label), word), lambda: set(c.ask('view.ids')) <= set(ids.split(',')), 'true' if label == 'only' else f'view.ids.join() !== {ids!r}')  # it may be that all are missed
        c.choose(c.labelled(label), back); until(lambda: c.ask('view.ids.join()') == ids, f'{label}: {back} again')

# The views in a bare page, this process as their kernel: how many dots, how odd a name

BARE = """const un = v => !v || typeof v !== 'object' ? v : '__b' in v ? new DataView(Uint8Array.from(atob(v.__b), c => c.charCodeAt(0)).buffer) : Array.isArray(v) ? v.map(un) : Object.fromEntries(Object.entries(v).map(([k, x]) => [k, un(x)]))
const state = un(JSON.parse(await kernel('null'))), on = {}; window.gestures = 0
const model = {get: n => state[n], on: (n, f) => (on[n] ??= []).push(f), off() {}, async send(m) { gestures++; const got = un(JSON.parse(await kernel(JSON.stringify(m)))); Object.assign(state, got); for (const n of Object.keys(got)) for (const f of on['change:' + n] ?? []) f() }}
view.render({model, el: document.body}); window.view = document.body.view"""
FRAMES = """async () => { const gaps = [], q = (a, f) => [...a].sort((x, y) => x - y)[Math.floor((a.length - 1)*f)]; view.curves.frames.length = 0; let was = await new Promise(requestAnimationFrame)
    for (let i = 0; i < 90; i++) { view.zoomAt(i % 30 < 15 ? .97 : 1.03, 300, 150); const now = await new Promise(requestAnimationFrame); gaps.push(now - was); was = now }
    return [q(view.curves.frames, .5), q(view.curves.frames, .95), q(gaps, .5)] }"""

def bare(browser, live, kind):
    "A page with nothing but a view"
    import base64
    from tskd.front import module, with_widgets, JS
    front, had = with_widgets(live).front, {}
    def plain(v):
        if isinstance(v, (bytes, memoryview)): return {'__b': base64.b64encode(bytes(v)).decode()}
        if isinstance(v, dict): return {str(k): plain(x) for k, x in v.items()}
        return [plain(x) for x in v] if isinstance(v, (list, tuple)) else v.item() if hasattr(v, 'item') else v
    def kernel(said):
        if (said := json.loads(said)) is not None: front._handle_custom_msg(said, [])
        now = {n: getattr(front, n) for n in front.trait_names(sync=True) if not n.startswith('_') and n not in ('layout', 'comm', 'keys', 'tabbable', 'tooltip')}
        new = {n: v for n, v in now.items() if n not in had or had[n] is not v}; had.update(now)
        return json.dumps(plain(new), allow_nan=False)
    tab = browser.new_context(viewport=dict(width=1280, height=900)).new_page(); tab.faults = []
    tab.on('pageerror', lambda e: tab.faults.append(str(e))); tab.on('dialog', lambda d: (tab.faults.append(d.message), d.dismiss())); tab.on('request', lambda r: tab.faults.append(r.url))
    tab.expose_function('kernel', kernel)
    tab.set_content(f'<style>{(JS/"front.css").read_text()}</style><body></body>')
    tab.evaluate("text => document.body.append(Object.assign(document.createElement('script'), {type: 'module', textContent: text}))", module(kind).replace('export default', 'const view =') + BARE)
    tab.wait_for_function('window.view', timeout=60_000)
    return tab

def many_dots(browser):
    "Zooming ten thousand dots is drawn by the browser alone"
    import numpy as np
    from tskd.all import DiceExplorer, Results
    for lines, places, seeds in (4, 5, 5), (10, 20, 5), (10, 100, 10):
        i, b, s, k = (a.ravel() for a in np.meshgrid(*map(np.arange, (lines, places, seeds, 6)), indexing='ij'))
        dice = np.clip(.4 + .02*i + .05*np.log2(b + 1) + np.random.default_rng(0).normal(0, .08, len(i)), 0, 1)
        rest = dict(level='image', convention='max', policy='diagonal', tau=2., unit='px', flags='') | {'class': 'rim'}
        names = [[f'{c}{n}' for n in v] for c, v in (('m', i), ('p', k))]
        tab = bare(browser, DiceExplorer(Results(rest | dict(method=names[0], budget=10*(b + 1), seed=s, case=names[1], group=names[1], dice=dice))), 'explorer')
        before = tab.evaluate('gestures'); draw, slow, gap = tab.evaluate(FRAMES)
        saw(f'{tab.evaluate("view.dots.length/5")} dots: drawn in {draw:.1f} ms (95 %: {slow:.1f}), a frame each {gap:.1f} ms, no call of the kernel', tab.evaluate('gestures') == before and not tab.faults)
        tab.context.close()

def odd_names(browser):
    "A name that is a script stays a name"
    import numpy as np
    from tskd.all import Case, CaseBrowser, DiceExplorer, Results, SegData
    odd = '<script>alert(1)</script><img src=x onerror=alert(2)>'
    rest = dict(level='image', convention='max', policy='diagonal', tau=2., unit='px', flags='', dice=[.5, .6], budget=4, seed=0, method=odd) | {'class': odd}
    results = Results(rest | dict(case=[odd, 'b'], group=[odd, 'b']))
    data = SegData([Case(i, np.zeros((16, 16), np.uint8), np.eye(16, dtype=np.uint8), group=i) for i in (odd, 'b')], ('background', odd))
    for live, kind in (DiceExplorer(results, data, pick=(odd, 4., odd, None)), 'explorer'), (CaseBrowser(results, data).mark(odd), 'cases'):
        tab = bare(browser, live, kind); until(lambda: odd in tab.locator('.tk').inner_text(), f'{kind}: the odd name, as text')
        saw(f'{kind}: nothing ran, nothing was fetched', not [f for f in tab.faults if not f.startswith(('blob:', 'data:'))] and not tab.locator('.tk script, .tk img[src=x]').count()); tab.context.close()

# What can be read of it

CONTRAST = '''root => { // the text with the least contrast (WCAG), and how many texts there are
    const pen = Object.assign(document.createElement('canvas'), {width: 1, height: 1}).getContext('2d', {willReadFrequently: true})
    const rgba = c => { pen.clearRect(0, 0, 1, 1); pen.fillStyle = c; pen.fillRect(0, 0, 1, 1); return [...pen.getImageData(0, 0, 1, 1).data] }
    const light = c => { const [r, g, b] = c.slice(0, 3).map(v => (v /= 255) <= .04045 ? v/12.92 : ((v + .055)/1.055)**2.4); return .2126*r + .7152*g + .0722*b }
    const behind = e => { for (; e; e = e.parentElement) { const c = rgba(getComputedStyle(e).backgroundColor); if (c[3] > 127) return c } return [255, 255, 255] }
    const seen = [], walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
    while (walk.nextNode()) {
        const e = walk.currentNode.parentElement, text = walk.currentNode.textContent.trim()
        if (!text || !e.checkVisibility() || ['STYLE', 'OPTION'].includes(e.tagName)) continue
        const [a, b] = [light(rgba(getComputedStyle(e).color)), light(behind(e))].sort((x, y) => y - x)
        seen.push([(a + .05)/(b + .05), text])
    }
    return [...seen.sort((x, y) => x[0] - y[0])[0], seen.length]
}'''
LOADED = 'e => e.complete && e.naturalWidth > 100'
OPAQUE = '''e => { const c = document.createElement('canvas'); [c.width, c.height] = [e.naturalWidth, e.naturalHeight]
    const pen = c.getContext('2d'); pen.drawImage(e, 0, 0); return [...pen.getImageData(2, 2, 1, 1).data] }'''

def legible(locator, what):
    "Text stands out from what is behind it, and pictures bring their own paper"
    ratio, text, n = locator.evaluate(CONTRAST)
    saw(f'{what} is legible: contrast of {n} texts at least {ratio:.1f} ("{text[:30]}")', ratio >= 4.5)
    def corners(which): return [p.evaluate(OPAQUE) for p in locator.locator(which).all() if p.is_visible()]
    figures, small = corners('img:not(.tk-thumb img)'), corners('.tk-thumb img')
    saw(f'{what}: {len(figures)} pictures on white', all(min(p) > 240 for p in figures))
    saw(f'{what}: {len(small)} small pictures of cases, none transparent', all(p[3] == 255 for p in small))

def reopened(browser, lab, name, shots, themes):
    "The page without a kernel: the twin is there"
    page = Page(browser, lab, name)
    for theme in themes:
        page.menu('Settings', 'Theme', f'JupyterLab {theme}')
        twin = page.cell('explorer = DiceExplorer').locator('.tskd-static').first
        until(lambda: twin.is_visible() and twin.locator('img').first.evaluate(LOADED), f'opened again without a kernel, {theme}: the static twin')
        saw('it has the last state', "pick=('teacher', 6.0" in twin.inner_text() and twin.locator('table').count() == 2)
        saw('no line about a lost model above it', not any(d.is_visible() for d in page.tab.locator('.jp-OutputArea .jupyter-widgets:has-text("model not found"), .jp-OutputArea .jupyter-widgets:has-text("Loading widget")').all()))
        page.tab.wait_for_timeout(1500); legible(twin, f'the twin, {theme},')
        page.shot(shots/f'06-reopened-{theme.lower()}.png', page.cell('explorer = DiceExplorer'))
    page.close()

def report_times():
    "How soon the picture follows, as a table"
    for width, view, what, ms in Front.times: print(f'      {width:5} px  {view:13} {what:45} {ms:6.0f} ms')

def explore(browser, lab, page, shots):
    "All that is asked of 06"
    truth, cells = Truth(lab), ('explorer = DiceExplorer', 'CaseBrowser')
    page.tab.locator('li[data-id="filebrowser"]').first.click()                             # all of the width for the notebook
    for width in 1280, 400:
        page.tab.set_viewport_size(dict(width=width, height=1500)); page.tab.wait_for_timeout(1500)
        drive_explorer(page, truth); page.shot(shots/f'06-explorer-{width}.png', page.cell(cells[0]))
        drive_cases(page, truth); page.shot(shots/f'06-cases-{width}.png', page.cell(cells[1]))
        saw('nothing sticks out', all(page.cell(b).locator('.tk').first.evaluate('e => e.scrollWidth <= e.clientWidth + 1') for b in cells))
    report_times(); page.tab.set_viewport_size(dict(width=1300, height=1500))
    page.menu('Settings', 'Theme', 'JupyterLab Dark'); page.tab.wait_for_timeout(3000)
    for begins in cells: legible(page.cell(begins).locator('.jp-OutputArea').first, f'{begins}, live and dark,')
    for begins in cells: page.shot(shots/f'06-dark-{begins.split()[-1]}.png', page.cell(begins))
    page.save(); page.close(); lab.end_kernels()
    saw('a twin in the file', all(i in views_of(lab.notebook(page.name)) for i in views_of(json.loads((TUTORIALS/page.name).read_text()))))
    reopened(browser, lab, page.name, shots, ('Dark', 'Light'))

def tutorials(browser, lab, only, shots):
    for name in sorted(p.name for p in lab.folder.glob('*.ipynb')):
        if only and not name.startswith(tuple(only)): continue
        page = run(browser, lab, name, shots)
        if name.startswith('06'): explore(browser, lab, page, shots)
        else: page.close(); lab.end_kernels()

def out_of_time(*_): raise TimeoutError('the browser suite ran out of its time')

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--shots', type=Path, help='a folder for screenshots'); p.add_argument('--only', nargs='*', help='how names begin')
    p.add_argument('--limit', type=int, default=2400, help='seconds')
    args = p.parse_args()
    try: from playwright.sync_api import sync_playwright
    except ImportError: return print('skipped: no playwright')
    chromium = shutil.which('chromium') or shutil.which('chromium-browser')
    if not chromium: return print('skipped: no chromium')
    signal.signal(signal.SIGALRM, out_of_time); signal.alarm(args.limit)
    shots = args.shots or Path(tempfile.mkdtemp(prefix='tskd-shots-')); shots.mkdir(parents=True, exist_ok=True)
    with running_lab() as lab, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=FLAGS)
        try: many_dots(browser); odd_names(browser); tutorials(browser, lab, args.only, shots)
        except BaseException:
            for i, context in enumerate(browser.contexts): context.pages[0].screenshot(path=str(shots/f'failed-{i}.png'))
            raise
        finally: browser.close()
    print(f'screenshots: {shots}')

if __name__ == '__main__': main()
