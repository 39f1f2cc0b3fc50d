// Runs layercheck's command line on CPython compiled to WebAssembly.
// Usage: node run.mjs PYODIDE_FOLDER SITE_FOLDER SOURCE_FOLDER WORKING_FOLDER ARGUMENT...
// SITE_FOLDER holds the dependencies, SOURCE_FOLDER layercheck; all are mounted, nothing is copied or installed.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [pyodideFolder, site, source, work, ...args] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(join(pyodideFolder, "pyodide.mjs")).href);

// Messages of the loader itself must not end up between layercheck's own lines.
const pyodide = await loadPyodide({ indexURL: pyodideFolder, checkAPIVersion: true });
const decoder = new TextDecoder();
pyodide.setStdout({ write: (bytes) => (process.stdout.write(decoder.decode(bytes, { stream: true })), bytes.length) });
pyodide.setStderr({ batched: (line) => process.stderr.write(line + "\n") });
pyodide.mountNodeFS("/site", site);
pyodide.mountNodeFS("/source", source);
pyodide.mountNodeFS("/work", work);
pyodide.globals.set("arguments", pyodide.toPy(args));
const driver = readFileSync(new URL("driver.py", import.meta.url), "utf-8");
try {
  process.exitCode = pyodide.runPython(driver, { filename: "driver.py" });
} catch (error) {
  // Node would print the loader's source, which is one line of a megabyte.
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 70;
}
