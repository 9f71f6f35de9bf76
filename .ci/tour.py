"""Film the explorer in a real browser: nbs/images/explorer.gif, the moving picture of README.

python .ci/tour.py [STUDY]      the folder of tutorial 06's study, nbs/tutorials/runs/06 by default (run the tutorial first)

The gestures are those of the browser suite (.ci/browser.py): hover, click, drag along a row of patients, next case, errors, a method off, pairs. Screenshots
of the view alone, with a pointer painted where the mouse is.
"""
import io, shutil, sys
from dataclasses import replace
from pathlib import Path
import numpy as np
from PIL import Image, ImageDraw
from browser import FLAGS, Explorer, bare

ROOT = Path(__file__).resolve().parent.parent
OUT, WIDTH, COLOURS, MOST = ROOT/'nbs/images/explorer.gif', 1040, 224, 2_000_000      # bytes

def test_images(): # as tutorial 06 makes them
    from tskd.all import SegData, phantom
    cases = [replace(c, mask=np.array([0, 1, 1, 1, 2], np.uint8)[c.mask]) for c in phantom(40, seed=0, size=64)]
    return SegData(cases, ('background', 'parenchyma', 'central echo')).split((.5, .2, .3), seed=0)[2]

def film(tab):
    "Frames and how long each is shown, in milliseconds"
    frames, mouse = [], [40, 20]
    def shot(ms):
        im = Image.open(io.BytesIO(tab.screenshot())).convert('RGB'); x, y = mouse
        arrow = [(x + a, y + b) for a, b in ((0, 0), (0, 17), (4, 13), (7, 20), (10, 19), (7, 12), (12, 12))]
        ImageDraw.Draw(im).polygon(arrow, fill='black', outline='white'); frames.append((im, ms))
    def go(x, y, steps=4, hold=90): # there, seen on the way
        start = list(mouse)
        for k in range(1, steps + 1):
            mouse[:] = [a + (b - a)*k/steps for a, b in zip(start, (x, y))]; tab.mouse.move(*mouse)
            tab.wait_for_timeout(60); shot(hold)
    def middle(locator): b = locator.bounding_box(); return b['x'] + b['width']/2, b['y'] + b['height']/2
    def click(locator, ms): go(*middle(locator)); tab.mouse.down(); tab.mouse.up(); tab.wait_for_timeout(700); shot(ms)
    def button(label): return tab.locator('.tk').get_by_role('button', name=label, exact=True).first
    def at(canvas, x, y): b = tab.locator(canvas).first.bounding_box(); return b['x'] + x, b['y'] + y
    tab.wait_for_timeout(800); shot(1500)
    spot = tab.evaluate("(s => [s.x, s.y])(view.spots.find(s => view.lines[view.points.line[s.i]].id === 'task_specific' && view.points.at[s.i] === 24 && view.names[s.cls] === 'parenchyma'))")
    go(*at('.tk-curves canvas', *spot)); shot(1300)
    tab.mouse.down(); tab.mouse.up(); tab.wait_for_timeout(900); shot(1900)
    row = tab.evaluate("view.marks.filter(m => view.lines[m.line].id === 'task_specific').map(m => [m.x, m.y]).sort((a, b) => a[0] - b[0])")
    y = sum(v for _, v in row)/len(row); end = (row[len(row)//4][0] + row[len(row)//4 + 1][0])/2
    go(*at('.tk-side canvas', row[0][0] - 4, y)); tab.mouse.down(); go(*at('.tk-side canvas', end, y), steps=8, hold=110); tab.mouse.up()
    tab.wait_for_timeout(900); shot(1900)
    click(button('next case'), 1300); click(button('errors instead of outlines (e)'), 1700)
    click(button('Labels only, as many steps'), 1500)
    click(button('Pairs'), 900); tab.locator('select[aria-label="second method"]').select_option(label='Distilled'); tab.wait_for_timeout(400); shot(2400)
    return frames

def main():
    from playwright.sync_api import sync_playwright
    from tskd.all import DiceExplorer
    from tskd.study import StudyFolder
    study = next(Path(sys.argv[1] if sys.argv[1:] else ROOT/'nbs/tutorials/runs/06').rglob('study.json')).parent
    live = DiceExplorer(StudyFolder(study), test_images())
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which('chromium') or shutil.which('chromium-browser'), args=FLAGS)
        tab = bare(browser, live, 'explorer'); tab.set_viewport_size(dict(width=WIDTH, height=600)); tab.wait_for_timeout(1500)
        tall = tab.evaluate('Math.ceil(document.querySelector(".tk").getBoundingClientRect().bottom) + 10')
        tab.set_viewport_size(dict(width=WIDTH, height=min(tall + 70, 760)))
        frames = film(tab); faults = [f for f in tab.faults if not f.startswith(('blob:', 'data:'))]; browser.close()
    if faults: raise SystemExit(f'expected a page without faults; found {faults[:3]}')
    some = frames[::max(1, len(frames)//6)]; wide, tall = frames[0][0].size; sheet = Image.new('RGB', (wide, tall*len(some)))
    for k, (im, _) in enumerate(some): sheet.paste(im, (0, k*tall))
    paper = sheet.quantize(COLOURS); pictures = [im.quantize(palette=paper, dither=Image.Dither.NONE) for im, _ in frames]
    OUT.parent.mkdir(exist_ok=True)
    pictures[0].save(OUT, save_all=True, append_images=pictures[1:], duration=[ms for _, ms in frames], loop=0, optimize=True)
    print(f'{OUT.relative_to(ROOT)}: {len(frames)} frames of {frames[0][0].size}, {sum(ms for _, ms in frames)/1000:.0f} s, {OUT.stat().st_size/1000:.0f} kB')
    if OUT.stat().st_size > MOST: raise SystemExit(f'expected at most {MOST/1e6:.0f} MB: fewer colours or frames')

if __name__ == '__main__': main()
