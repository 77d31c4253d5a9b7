/** `node --require` this to run TypeScript of the project in a process of its own, as the tests see it. */
const { readFileSync } = require('node:fs')
const path = require('node:path')
const { transformSync } = require('@babel/core')
const { transform } = require('../../jest.config.cjs')

/** @type {[string, import('@babel/core').TransformOptions][]} */
const [[, options]] = Object.values(transform)

require.extensions['.ts'] = (
  /** @type {NodeModule & { _compile(code: string, filename: string): void }} */ module,
  filename,
) => {
  const answer = transformSync(readFileSync(filename, 'utf8'), {
    ...options,
    filename,
    cwd: path.resolve(__dirname, '../..'),
  })
  module['_compile'](answer?.code ?? '', filename)
}
