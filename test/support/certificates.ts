import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** A certificate for this machine's loopback, and the authority that signed it and that nobody else knows. */
export interface Certificates {
  /** The authority's certificate in PEM. */
  readonly ca: string
  readonly caFile: string
  readonly certificateFile: string
  readonly keyFile: string
}

const openssl = async (folder: string, line: string): Promise<unknown> =>
  promisify(execFile)('openssl', line.split(' '), { cwd: folder })

/** Makes both with openssl, in `folder`. */
export async function makeCertificates(folder: string): Promise<Certificates> {
  const key = '-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'
  await writeFile(join(folder, 'server.ext'), 'subjectAltName = IP:127.0.0.1, DNS:localhost\n')
  await openssl(folder, `req -x509 ${key} -keyout ca.key -out ca.pem -days 2 -subj /CN=test-authority`)
  await openssl(folder, `req ${key} -keyout server.key -out server.csr -subj /CN=test-server`)
  await openssl(
    folder,
    'x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile server.ext -out server.pem',
  )
  return {
    ca: await readFile(join(folder, 'ca.pem'), 'utf8'),
    caFile: join(folder, 'ca.pem'),
    certificateFile: join(folder, 'server.pem'),
    keyFile: join(folder, 'server.key'),
  }
}
