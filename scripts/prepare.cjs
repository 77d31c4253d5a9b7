/**
 * Makes a clone ready for `npm start` and `npm test`: checks Node, installs packages and builds, where that is needed.
 * Plain Node only, in syntax that old versions can read: it runs before anything is installed.
 */
const fs = require('fs')
const path = require('path')
const childProcess = require('child_process')

const root = path.join(__dirname, '..')

/** The clone cannot be made ready, for a reason a person can act on. */
class NotReady extends Error {}

/** Throws where this Node is older than package.json asks for. */
function checkNode() {
  const { engines } = /** @type {{ engines: { node: string } }} */ (readJson('package.json'))
  const wanted = engines.node.replace('>=', '')
  if (isOlder(process.versions.node, wanted)) {
    throw new NotReady(
      `Syncfleet needs Node ${wanted} or newer; this is ${process.versions.node} (${process.execPath}).\n` +
        'Install a newer one from https://nodejs.org or with your version manager, then run the command again.',
    )
  }
}

/** Installs what package-lock.json lists, unless it is there already. */
function install() {
  const reason = whyInstall()
  if (reason === undefined) return
  step(`Installing packages with npm ci (${reason})`, () => {
    // The build needs the development packages, whatever the environment says of production.
    const args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund']
    const npm = process.env['npm_execpath']
    return npm !== undefined && path.basename(npm) === 'npm-cli.js'
      ? run(process.execPath, [npm].concat(args))
      : run('npm', args)
  })
}

/** Why packages must be installed, or undefined. Compares what npm says it installed with the lock, package by package. */
function whyInstall() {
  const recorded = path.join(root, 'node_modules', '.package-lock.json')
  if (!fs.existsSync(recorded)) return 'none are installed'
  const installed = packagesIn(recorded)
  const wanted = packagesIn('package-lock.json')
  wanted.delete('')
  for (const [place, { version, optional }] of wanted) {
    const found = fs.existsSync(path.join(root, place)) ? installed.get(place) : undefined
    // One for another platform, or one that npm could not fetch and may do without.
    if (found === undefined && optional) continue
    if (found === undefined) return `${place} is missing`
    if (found.version !== version) return `${place} is another version`
  }
  return undefined
}

/**
 * What a lock lists, by its place under the clone.
 * @returns {Map<string, { version: string, optional?: boolean }>}
 */
function packagesIn(/** @type {string} */ file) {
  const lock = /** @type {{ packages: Record<string, { version: string }> }} */ (readJson(file))
  return new Map(Object.entries(lock.packages))
}

/** Builds into dist/, unless it was made of the sources as they are. */
function build() {
  // Not at the top: an old Node could not read it.
  const { isBuilt } = require('./build.cjs')
  if (!isBuilt()) step('Building', () => run(process.execPath, [path.join(__dirname, 'build.cjs')]))
}

/** One line per step, and the command's own output only where it fails. */
function step(
  /** @type {string} */ name,
  /** @type {() => import('child_process').SpawnSyncReturns<string>} */ action,
) {
  process.stdout.write(`${name} …\n`)
  const startedAt = Date.now()
  const result = action()
  if (result.status !== 0) {
    const output = result.error === undefined ? result.output.join('') : result.error.message
    throw new NotReady(`${output.trim()}\n\n${name} failed.`)
  }
  process.stdout.write(`  done in ${((Date.now() - startedAt) / 1000).toFixed(1)} s\n`)
}

function run(/** @type {string} */ command, /** @type {string[]} */ args) {
  return childProcess.spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

/** Runs `work` while no other `npm start` or `npm test` prepares this clone. */
function exclusively(/** @type {() => void} */ work) {
  const lock = path.join(root, '.syncfleet', 'prepare.lock')
  fs.mkdirSync(path.dirname(lock), { recursive: true })
  let hasTold = false
  while (!take(lock)) {
    if (isAbandoned(lock)) {
      fs.rmSync(lock, { force: true })
      continue
    }
    if (!hasTold) process.stdout.write('Another command is preparing this clone; waiting for it …\n')
    hasTold = true
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200)
  }
  try {
    work()
  } finally {
    fs.rmSync(lock, { force: true })
  }
}

function take(/** @type {string} */ lock) {
  try {
    fs.writeFileSync(lock, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

/** True where its owner is gone. Older than any installation takes: its number may be another process' by now. */
function isAbandoned(/** @type {string} */ lock) {
  try {
    if (Date.now() - fs.statSync(lock).mtimeMs > 15 * 60 * 1000) return true
    process.kill(Number(fs.readFileSync(lock, 'utf8')), 0)
    return false
  } catch (error) {
    return codeOf(error) === 'ESRCH'
  }
}

function codeOf(/** @type {unknown} */ error) {
  return /** @type {NodeJS.ErrnoException} */ (error).code
}

function isOlder(/** @type {string} */ version, /** @type {string} */ wanted) {
  const given = version.split('.').map(Number)
  const least = wanted.split('.').map(Number)
  const place = least.findIndex((part, index) => part !== given[index])
  return place !== -1 && Number(given[place]) < Number(least[place])
}

/** @returns {unknown} */
function readJson(/** @type {string} */ file) {
  return JSON.parse(fs.readFileSync(path.resolve(root, file), 'utf8'))
}

try {
  checkNode()
  exclusively(() => {
    install()
    build()
  })
} catch (error) {
  if (!(error instanceof NotReady)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}
