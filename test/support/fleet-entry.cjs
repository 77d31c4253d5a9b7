/**
 * Stands where the command line stands: each command is ready at its port, until it is told to end.
 * What it is about is how processes are started, kept and stopped, so their work is left out.
 */
const { createServer } = require('node:http')
const { connect } = require('node:net')

const [, , command, ...flags] = process.argv
const port =
  flags[flags.indexOf('--port') + 1] ??
  (command === 'dashboard' ? process.env['PORT'] : process.env['HEALTH_PORT'])

if (process.env['FAIL_AT_START'] === command) {
  console.error(`${command} has a problem`)
  process.exit(3)
}

createServer((request, response) => {
  if (request.url === '/die') process.exit(7)
  response.end(JSON.stringify({ pid: process.pid, env: process.env }))
}).listen(Number(port), '127.0.0.1')

process.on('SIGTERM', () => {
  void Promise.all(['REDIS_URL', 'DATABASE_URL'].map(isThere)).then((there) => {
    console.log(`stopped while servers ${there.every(Boolean) ? 'ran' : 'were gone'}`)
    process.exit(0)
  })
})

/** @returns {Promise<boolean>} */
function isThere(/** @type {string} */ name) {
  const { hostname, port: at } = new URL(process.env[name] ?? 'redis://127.0.0.1:1')
  return new Promise((resolve) => {
    const socket = connect(Number(at), hostname)
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}
