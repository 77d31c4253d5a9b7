import { Query, type Connection } from 'pg'

/** What pg's connection does for a COPY, and its types do not say. */
interface CopyConnection extends Connection {
  sendCopyFromChunk(chunk: Buffer): void
  endCopyFrom(): void
}

/**
 * A `copy … from stdin` with its rows, for `client.query`. It is a query of pg's own kind, because a pipelined connection
 * takes no other, and it sends its rows behind the statement without waiting to be asked for them: what is sent next must
 * not get between. A server that refuses the statement drops them.
 */
export class CopyQuery extends Query {
  /** `pg` calls it once: with the error, or when everything is written. */
  callback: (error: Error | null) => void

  constructor(text: string, rows: Iterable<string>, settled: (error: Error | null) => void) {
    super(text)
    this.callback = settled
    this.submit = (connection) => {
      const wire = connection as CopyConnection
      wire.query(text)
      for (const lines of rows) wire.sendCopyFromChunk(Buffer.from(lines))
      wire.endCopyFrom()
    }
  }

  /** `pg` calls it when the server is ready for rows that are on their way already. */
  handleCopyInResponse(): void {
    // There is nothing left to do.
  }
}
