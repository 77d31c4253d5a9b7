const { spawnSync } = require('node:child_process')
const { transform } = require('../../jest.config.cjs')

const works = (/** @type {string} */ program, /** @type {string[]} */ ...args) =>
  spawnSync(program, args, { stdio: 'ignore' }).status === 0

/** What can run containers here, if anything can. */
function engine() {
  if (works('docker', 'version') && works('docker', 'compose', 'version')) return 'docker'
  if (works('podman', 'info') && works('docker-compose', 'version')) return 'podman'
  return undefined
}

const found = engine()
if (found) process.env['CONTAINER_ENGINE'] = found
else {
  process.stderr.write(
    'NOTHING WAS TESTED: no Docker with its compose plugin runs here, and no Podman with docker-compose.\n',
  )
}

/** `npm run test:containers`: runs containers for some minutes, and brings its own servers. */
module.exports = {
  rootDir: '../..',
  roots: ['<rootDir>/test/containers'],
  testEnvironment: 'node',
  testMatch: ['**/*.run.ts'],
  testPathIgnorePatterns: found ? [] : ['.run.ts'],
  passWithNoTests: !found,
  transform,
}
