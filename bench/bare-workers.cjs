/** The yardstick of an idle process: nine BullMQ Workers on one connection, and nothing else. Says so when they are ready. */
const { Worker } = require('bullmq')
const { Redis } = require('ioredis')

const connection = new Redis(process.argv[2] ?? '', { maxRetriesPerRequest: null })
const workers = Array.from(
  { length: 9 },
  (_, index) => new Worker(`bare-${index}`, async () => null, { connection }),
)

void Promise.all(workers.map((worker) => worker.waitUntilReady())).then(() => console.log('ready'))
