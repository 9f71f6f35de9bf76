"""Run each tutorial in a real JupyterLab, in a real browser, and look at what a reader would see.

python .ci/browser.py [--shots FOLDER] [--only 06 …] [--limit SECONDS]

Every tutorial: all cells run, no error, a live view where the stored page has its static twin. In 06 the explorer is driven by mouse and by keyboard,
and what it says is compared with the CSV files of the study; then the page is seen in the dark theme, saved, and opened again without its kernel.
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
        start = time.time(); until(lambda: '[*]:' in self.prompts(), 'cells waiting for their turn', 30)
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
    def worst(self, **where): return self.rows(**where).sort_values(['dice', 'case']).case.iloc[0]
    def lines(self): return list(self.df.method.unique())

def place(truth, line, budget, name):
    "Where a point is in the figure, as shares of its width and height from the top left"
    import matplotlib; matplotlib.use('Agg')
    from tskd.all import DiceExplorer, StudyFolder
    fig = DiceExplorer(StudyFolder(truth.study)).figure()
    ax = next(a for a in fig.axes if a.get_title() == name)
    mean = truth.rows(method=line, budget=budget, **{'class': name}).groupby('group').dice.mean().mean()
    x, y = ax.transData.transform((budget, mean))
    return x/fig.bbox.width, 1 - y/fig.bbox.height

# Driving the explorer

class Explorer:
    "The live explorer, as mouse and keyboard find it"
    def __init__(self, page, truth):
        self.page, self.truth, self.keyboard, self.mouse = page, truth, page.tab.keyboard, page.tab.mouse
        self.cell = page.cell('explorer = DiceExplorer')
        self.canvas = self.cell.locator('canvas').first

    def picture(self): return self.canvas.evaluate('e => e.toDataURL()')
    def call(self): return self.cell.locator('.widget-html code').last.inner_text()
    def labelled(self, text): return self.cell.locator(f'.widget-inline-hbox:has(> .widget-label:text-is("{text}"))').first
    def tables(self): # -> rows of cells of each table
        return [[r.split('\t') for r in t.splitlines()[1:]] for t in self.cell.locator('.widget-html table').all_inner_texts()]

    def agrees(self, *off):
        "Whether the table has the lines that are on, each number as the CSV files have it"
        rows = self.tables()[0]
        assert {r[0] for r in rows} == set(self.truth.lines()) - set(off), {r[0] for r in rows}
        for line, budget, name, value, *_ in rows:
            want = self.truth.dice(method=line, budget=int(budget), **{'class': name})
            assert value.startswith(want), f'{line} {budget} {name}: {value}, not {want}'
        return True

    def picked(self, line, budget, name):
        "Whether this point is picked, and its worst case heads the table of cases"
        assert f"pick=('{line}', {float(budget)}, '{name}', None)" in self.call(), self.call()
        want = self.truth.worst(method=line, budget=budget, **{'class': name})
        assert self.tables()[1][0][0] == want, f'{self.tables()[1][0]}, not {want}'
        return True

    def changed(self, act, check, what):
        "Do something: figure and table change"
        before = self.picture(); act()
        until(lambda: check() and self.picture() != before, what)

    def point_at(self, line, budget, name):
        "Move the mouse to a point"
        self.canvas.scroll_into_view_if_needed(); box = self.canvas.bounding_box()
        across, down = place(self.truth, line, budget, name)
        x, y = box['x'] + across*box['width'], box['y'] + down*box['height']
        self.mouse.move(x - 40, y); self.mouse.move(x, y, steps=6)
        return x, y

    def drag(self, handle, share):
        "Drag a slider's handle to a share of its track"
        handle.scroll_into_view_if_needed()
        a, track = handle.bounding_box(), handle.locator('xpath=ancestor::*[contains(@class, "noUi-base")]').bounding_box()
        self.mouse.move(a['x'] + a['width']/2, a['y'] + a['height']/2); self.mouse.down()
        self.mouse.move(track['x'] + share*track['width'], a['y'] + a['height']/2, steps=8); self.mouse.up()

def drive(page, truth, shots):
    "Toggle, pick and slide, each by mouse and by keyboard"
    e, name = Explorer(page, truth), 'parenchyma'
    until(e.agrees, 'the table says what the CSV files say')
    box = e.cell.locator('.widget-checkbox:has-text("scratch_long") input')
    e.changed(box.click, lambda: e.agrees('scratch_long'), 'a method off, by mouse')
    e.changed(lambda: (box.focus(), e.keyboard.press('Space')), e.agrees, 'and on again, by keyboard')
    spot = e.point_at('task_specific', 24, name)
    until(lambda: f'task_specific at budget 24, {name}: {truth.dice(method="task_specific", budget=24, **{"class": name})}' in e.cell.inner_text(), 'hovering tells the point')
    e.changed(lambda: e.mouse.click(*spot), lambda: e.picked('task_specific', 24, name), 'a point picked, by mouse')
    handle = e.labelled('at').locator('.noUi-handle').first
    e.changed(lambda: (handle.focus(), e.keyboard.press('ArrowLeft')), lambda: e.picked('task_specific', 12, name), 'the slider moves it to budget 12, by keyboard')
    e.changed(lambda: e.drag(handle, 1/3), lambda: e.picked('task_specific', 6, name), 'and to budget 6, by mouse')
    menu = e.labelled('point:').locator('select')
    e.changed(lambda: (menu.focus(), e.keyboard.type('teacher')), lambda: e.picked('teacher', 6, name), 'another line picked, by keyboard')
    until(lambda: e.cell.locator('.widget-image').first.is_visible(), 'pictures of the cases')
    page.shot(shots/'06-driven.png', e.cell)
    page.shot(shots/'06-browser.png', page.cell('CaseBrowser'))

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
    pictures = [p.evaluate(OPAQUE) for p in locator.locator('img').all() if p.is_visible()]
    saw(f'{what}: {len(pictures)} pictures on white', all(min(p) > 240 for p in pictures))

def reopened(browser, lab, name, shots, themes):
    "The page without a kernel: the twin is there"
    page = Page(browser, lab, name)
    for theme in themes:
        page.menu('Settings', 'Theme', f'JupyterLab {theme}')
        twin = page.cell('explorer = DiceExplorer').locator('.tskd-static').first
        until(lambda: twin.is_visible() and twin.locator('img').first.evaluate(LOADED), f'opened again without a kernel, {theme}: the static twin')
        saw('it has the last state', "pick=('teacher', 6.0" in twin.inner_text() and twin.locator('table').count() == 2)
        page.tab.wait_for_timeout(1500); legible(twin, f'the twin, {theme},')
        page.shot(shots/f'06-reopened-{theme.lower()}.png', page.cell('explorer = DiceExplorer'))
    page.close()

def explore(browser, lab, page, shots):
    "All that is asked of 06"
    drive(page, Truth(lab), shots)
    page.menu('Settings', 'Theme', 'JupyterLab Dark'); page.tab.wait_for_timeout(3000)
    for begins in ('explorer = DiceExplorer', 'CaseBrowser'): legible(page.cell(begins).locator('.jp-OutputArea').first, f'{begins}, live and dark,')
    page.shot(shots/'06-dark.png', page.cell('explorer = DiceExplorer'))
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
        try: tutorials(browser, lab, args.only, shots)
        except BaseException:
            for i, context in enumerate(browser.contexts): context.pages[0].screenshot(path=str(shots/f'failed-{i}.png'))
            raise
        finally: browser.close()
    print(f'screenshots: {shots}')

if __name__ == '__main__': main()
