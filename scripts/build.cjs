/**
 * Builds dist/ from the sources: compiles, copies what the running code reads, and says in dist/build.json what was built.
 * Made aside and moved into place, so that a fleet that runs from dist/ never meets half of a build.
 */
const { execFileSync, spawnSync } = require('node:child_process')
const { createHash } = require('node:crypto')
const fs = require('node:fs')
const path = require('node:path')

const root = path.join(__dirname, '..')
const dist = path.join(root, 'dist')
const sourceFolders = ['src', 'config', 'jobs', 'sandbox']
const settings = [
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'scripts/build.cjs',
]

/** True where dist/ was made of the sources as they are. */
function isBuilt() {
  try {
    const { sources } = /** @type {{ sources: string }} */ (readJson('dist/build.json'))
    return sources === hashOf(sourceFiles())
  } catch {
    return false
  }
}

/** Compiles and moves the result into place. Throws nothing: what tsc has to say goes to the output, with its exit code. */
function build() {
  // Taken first: a source that is saved meanwhile leads to another build.
  const files = sourceFiles()
  const sources = hashOf(files)
  const made = fs.mkdtempSync(path.join(root, 'dist.new-'))
  try {
    const compiler = path.join(root, 'node_modules/typescript/bin/tsc')
    const compiled = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json', '--outDir', made], {
      cwd: root,
      stdio: 'inherit',
    })
    if (compiled.status !== 0) return compiled.status ?? 1
    copyOthers(files, made)
    makeExecutable(made)
    fs.writeFileSync(path.join(made, 'build.json'), `${JSON.stringify(describe(sources), null, 2)}\n`)
    moveIntoPlace(made)
    return 0
  } finally {
    fs.rmSync(made, { recursive: true, force: true })
  }
}

/** Migrations, settings, style sheets: whatever is not compiled lies where the code beside it expects it. */
function copyOthers(/** @type {string[]} */ files, /** @type {string} */ made) {
  for (const file of files.filter((name) => !settings.includes(name) && !/\.(ts|md)$/.test(name))) {
    fs.mkdirSync(path.dirname(path.join(made, file)), { recursive: true })
    fs.copyFileSync(path.join(root, file), path.join(made, file))
  }
}

function makeExecutable(/** @type {string} */ made) {
  const { bin } = /** @type {{ bin: Record<string, string> }} */ (readJson('package.json'))
  for (const file of Object.values(bin)) fs.chmodSync(path.join(made, path.relative('dist', file)), 0o755)
}

function describe(/** @type {string} */ sources) {
  const { version } = /** @type {{ version: string }} */ (readJson('package.json'))
  const commit = currentCommit()
  return { version, builtAt: new Date().toISOString(), ...(commit === undefined ? {} : { commit }), sources }
}

/** What SOURCE_COMMIT says, for builds without a clone: an image's, for one. Undefined outside a clone, or without git. */
function currentCommit() {
  const told = process.env['SOURCE_COMMIT']
  if (told) return told
  try {
    const options = {
      cwd: root,
      encoding: /** @type {const} */ ('utf8'),
      stdio: /** @type {const} */ ('pipe'),
    }
    const top = execFileSync('git', ['rev-parse', '--show-toplevel', 'HEAD'], options).trim().split('\n')
    return fs.realpathSync(top[0] ?? '') === fs.realpathSync(root) ? top[1] : undefined
  } catch {
    return undefined
  }
}

function moveIntoPlace(/** @type {string} */ made) {
  const old = `${made}.old`
  if (fs.existsSync(dist)) fs.renameSync(dist, old)
  fs.renameSync(made, dist)
  // mkdtemp keeps others out; a server's user must be able to read it.
  fs.chmodSync(dist, 0o755)
  fs.rmSync(old, { recursive: true, force: true })
}

/** Every file that a build depends on, relative to the clone. */
function sourceFiles() {
  const inFolders = sourceFolders.flatMap((folder) =>
    fs
      .readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(root, path.join(entry.parentPath ?? entry.path, entry.name))),
  )
  return [...settings, ...inFolders.toSorted()]
}

/** Names and contents, not times: a checkout of the same sources needs no build. */
function hashOf(/** @type {string[]} */ files) {
  const hash = createHash('sha256')
  for (const file of files)
    hash
      .update(`${file}\0`)
      .update(fs.readFileSync(path.join(root, file)))
      .update('\0')
  return hash.digest('hex')
}

/** @returns {unknown} */
function readJson(/** @type {string} */ file) {
  return JSON.parse(fs.readFileSync(path.join(root, file), 'utf8'))
}

module.exports = { isBuilt }

if (require.main === module) process.exitCode = build()
