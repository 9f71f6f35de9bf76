"Packaging for tskd: everything it says is read from settings.ini, so that there is one place to change it."
from configparser import ConfigParser
from pathlib import Path
from setuptools import find_packages, setup

here = Path(__file__).parent
config = ConfigParser(delimiters=['='])
config.read(here/'settings.ini', encoding='utf-8')
cfg = config['DEFAULT']

def wants(key): return cfg.get(key, '').split()

extras = {key.removesuffix('_requirements'): wants(key) for key in cfg if key.endswith('_requirements') and key != 'dev_requirements'}
extras['all'] = sorted({r for rs in extras.values() for r in rs})
extras['dev'] = sorted({*wants('dev_requirements'), *extras['all']})

setup(
    name=cfg['lib_name'], version=cfg['version'], description=cfg['description'], keywords=cfg['keywords'],
    author=cfg['author'], author_email=cfg['author_email'], url=cfg['git_url'], license='Apache-2.0',
    long_description=(here/'README.md').read_text(encoding='utf-8'), long_description_content_type='text/markdown',
    packages=[*find_packages(include=['tskd', 'tskd.*']), 'tskd.tutorials'], package_dir={'tskd.tutorials': 'nbs/tutorials'},     # for `tskd lab`
    package_data={'tskd.tutorials': ['*.ipynb', 'thumbs/*.png'], 'tskd': ['js/*.js', 'js/*.css']}, include_package_data=True,
    python_requires=f">={cfg['min_python']}", install_requires=wants('requirements'), extras_require=extras,
    classifiers=['Development Status :: 3 - Alpha', f"Intended Audience :: {cfg['audience']}", 'Natural Language :: English',
                 *[f'Programming Language :: Python :: 3.{v}' for v in range(11, 15)]],
    entry_points={'console_scripts': wants('console_scripts'), 'nbdev': ['tskd=tskd._modidx:d']},
    zip_safe=False)
