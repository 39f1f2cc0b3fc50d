"""How fast layercheck is, beside its peers and beside the floor of parsing; see benchmarks/speed/README.md.

python benchmarks/speed.py [--sizes S,M] [--rounds 7] [--only WORDS] [--json FILE] [--write]
python benchmarks/speed.py --quick
python benchmarks/speed.py growth [--lines 1000,10000,100000]
"""

from speed.command import main  # the folder beside this file: a package is found before a module of the same name

if __name__ == "__main__":
    main()
