export { demoClients, type DemoClient } from './ctm/demo'
export { truthFields, truthHash, type TruthRow } from './ctm/truth'
export type { FaultInput } from './faults'
export { startSandbox, type Sandbox, type SandboxOptions } from './server'
