/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  // both: a file outside roots is silently left out of coverage
  roots: ['<rootDir>/src', '<rootDir>/config', '<rootDir>/jobs', '<rootDir>/sandbox', '<rootDir>/test'],
  transform: {
    '^.+\\.ts$': [
      'babel-jest',
      {
        babelrc: false,
        configFile: false,
        presets: [['@babel/preset-env', { targets: { node: 'current' } }], '@babel/preset-typescript'],
      },
    ],
  },
  globalSetup: '<rootDir>/test/global-setup.ts',
  globalTeardown: '<rootDir>/test/global-teardown.ts',
  collectCoverageFrom: ['{src,config,jobs,sandbox}/**/*.ts', '!**/*.d.ts'],
  coverageProvider: 'babel',
  testSequencer: '<rootDir>/scripts/test-sequencer.cjs',
  maxWorkers: 2,
  // A limit for what hangs, not for what is slow: a busy machine must not fail a test.
  testTimeout: 300_000,
}
