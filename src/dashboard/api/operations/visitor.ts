import { z } from 'zod'
import { Role } from '../fields'
import { operation, type OperationGroup } from '../operation'

export const visitorGroup: OperationGroup = {
  title: 'You',
  summary: 'Who the request is taken to come from.',
  operations: [
    operation({
      id: 'showYou',
      method: 'get',
      path: '/you',
      role: 'viewer',
      summary: 'The name that the audit log gives you, and your role.',
      answer: z.object({ name: z.string(), role: Role }).meta({ id: 'You' }),
      handle: async (_ctx, _fields, { by, role }) => ({ name: by.actor, role }),
    }),
  ],
}
