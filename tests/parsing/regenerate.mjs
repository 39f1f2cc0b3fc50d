// Writes the expected trees of cases/*.json anew, as the real CPython 3.14 gives them. To add a case, add its source with a null tree.
//
//     npm install --prefix FOLDER pyodide@314 && node regenerate.mjs FOLDER

import fs from "node:fs";
import path from "node:path";
import { pathToFileURL, fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
const pyodide = path.resolve(process.argv[2] ?? ".", "node_modules/pyodide/pyodide.mjs");
const { loadPyodide } = await import(pathToFileURL(pyodide).href);
const python = await loadPyodide();
if (!python.runPython("import sys; sys.version").startsWith("3.14.")) throw new Error("this is no Python 3.14");
python.FS.writeFile("/dumping.py", fs.readFileSync(path.join(here, "dumping.py"), "utf8"));
python.runPython(`
import json, sys, warnings
warnings.simplefilter("ignore")
sys.path.insert(0, "/")
from dumping import outcome
`);
for (const name of fs.readdirSync(path.join(here, "cases")).sort()) {
  const file = path.join(here, "cases", name);
  python.globals.set("text", fs.readFileSync(file, "utf8"));
  fs.writeFileSync(
    file,
    python.runPython(`
cases = [case | {"tree": outcome(case["source"])} for case in json.loads(text)]
"[\\n" + ",\\n".join(json.dumps(case, ensure_ascii=False, separators=(",", ":")) for case in cases) + "\\n]\\n"
`),
  );
  console.log(name);
}
