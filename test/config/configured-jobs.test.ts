import { configuredJobs } from '../../config/configured-jobs'
import { loadConfig } from '../../config/load'
import { jobIds } from '../../src/job/define-job'

describe('configuredJobs', () => {
  test('puts the settings of this deployment beside each definition', () => {
    const jobs = configuredJobs(loadConfig({ CTM_MODE: 'shadow' }))

    expect(jobs.map(({ id }) => id)).toEqual([...jobIds])
    expect(jobs.find(({ id }) => id === 'ctm')?.effective).toMatchObject({ mode: 'shadow', concurrency: 4 })
  })

  test('gives every job the worker’s own concurrency where that is set', () => {
    const jobs = configuredJobs(loadConfig({ WORKER_CONCURRENCY: '9', CTM_CONCURRENCY: '2' }))

    expect(new Set(jobs.map(({ effective }) => effective.concurrency))).toEqual(new Set([9]))
  })
})
