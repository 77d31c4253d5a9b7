import { connect } from 'node:net'

/** What a Redis server says of itself before it is handed to anybody. */
export type RedisAnswer =
  | { readonly state: 'ready'; readonly processId: number }
  | { readonly state: 'not yet'; readonly reason: string }

/**
 * Asks the server on this loopback port whether it serves, and which process it is: another one may hold the port.
 * Speaks the protocol itself, since clients belong to `queue/`.
 */
export function pingRedis(port: number, password: string, timeout = 1000): Promise<RedisAnswer> {
  return new Promise((resolve) => {
    let answer = ''
    const socket = connect(port, '127.0.0.1')
    const settle = (reason: string): void => {
      socket.destroy()
      const processId = /^process_id:(\d+)\r$/m.exec(answer)?.[1]
      resolve(
        processId !== undefined && answer.endsWith('+PONG\r\n')
          ? { state: 'ready', processId: Number(processId) }
          : { state: 'not yet', reason },
      )
    }
    socket.setEncoding('utf8')
    socket.setTimeout(timeout, () => settle('no answer in time'))
    socket.on('error', (error) => settle(error.message))
    socket.on('close', () => settle('connection closed'))
    socket.on('data', (chunk: string) => {
      answer += chunk
      const refusal = /^-(.*)\r$/m.exec(answer)?.[1]
      if (refusal !== undefined) settle(refusal)
      else if (answer.endsWith('+PONG\r\n')) settle('')
    })
    socket.write(`AUTH ${password}\r\nINFO server\r\nPING\r\n`)
  })
}
