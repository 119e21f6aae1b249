/// Compiles a wheel's Python files to bytecode with Pyodide itself: `node compile.mjs IN.whl OUT.whl`.
/// For hosts whose own Python is of another version than Pyodide's, so that its bytecode would not fit.

import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { loadPyodide } from 'pyodide'

const program = `
import importlib._bootstrap_external as loader
import _imp, io, zipfile

def compiled(name, source):
    code = compile(source, name, "exec", dont_inherit=True)
    # Checked against nothing at import: there is no source beside it.
    return loader._code_to_hash_pyc(code, _imp.source_hash(loader._RAW_MAGIC_NUMBER, source), False)

def main():
    result = io.BytesIO()
    with zipfile.ZipFile("/in.whl") as given, zipfile.ZipFile(result, "w") as made:
        for name in sorted(given.namelist()):
            data = given.read(name)
            if name.endswith(".py"):
                made.writestr(name + "c", compiled(name, data))
            else:
                made.writestr(name, data)
    return result.getvalue()

main()
`

const [given, made] = process.argv.slice(2)
try {
  const pyodide = await loadPyodide({
    indexURL: fileURLToPath(new URL('../../node_modules/pyodide/', import.meta.url)),
    // The same bytes every time, whatever the order of a set.
    env: { PYTHONHASHSEED: '0' },
  })
  pyodide.FS.writeFile('/in.whl', new Uint8Array(readFileSync(given)))
  const result = pyodide.runPython(program)
  writeFileSync(made, result.toJs())
  result.destroy()
} catch (error) {
  // Left to itself, Node would print the line of Pyodide's own source, which is one huge line.
  console.error(String(error))
  process.exit(1)
}
