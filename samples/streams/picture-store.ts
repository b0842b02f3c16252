import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Transform, type Readable, type TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Errors } from 'moleculer-socket-gateway';
import type { Picture } from './messages';

/** How files begin that browsers show as pictures. */
const KINDS: readonly [type: string, begin: Buffer][] = [
  ['image/png', Buffer.from([0x89, 0x50, 0x4e, 0x47])],
  ['image/jpeg', Buffer.from([0xff, 0xd8, 0xff])],
  ['image/gif', Buffer.from('GIF8')],
  ['image/webp', Buffer.from('RIFF')],
];

/** How many pictures are kept. */
const MAX_PICTURES = 60;

/** Pictures on the disk, in a folder of their own. */
export class PictureStore {
  private readonly folder = mkdtempSync(join(tmpdir(), 'pictures-'));
  private readonly pictures = new Map<number, { picture: Picture; type: string }>();
  private last = 0;

  /** Returns all pictures, the newest first. */
  list(): Picture[] {
    return [...this.pictures.values()].map(({ picture }) => picture).reverse();
  }

  /**
   * Saves a picture as it arrives. What is left of one that does not arrive is deleted.
   *
   * @throws BadRequestError 400 `NOT_A_PICTURE` after the first chunk
   */
  async save(name: string, stream: Readable): Promise<Picture> {
    const id = ++this.last;
    const check = new PictureCheck();
    try {
      await pipeline(stream, check, createWriteStream(this.pathOf(id)));
    } catch (error) {
      await unlink(this.pathOf(id)).catch(() => undefined);
      throw error;
    }
    const picture = { id, name, bytes: check.bytes, url: `/pictures/${id}` };
    this.pictures.set(id, { picture, type: check.type });
    const [oldest] = this.pictures.keys();
    if (this.pictures.size > MAX_PICTURES && oldest !== undefined) {
      this.pictures.delete(oldest);
      await unlink(this.pathOf(oldest));
    }
    return picture;
  }

  /** Opens a picture; undefined if there is none. */
  open(id: number): { type: string; stream: Readable } | undefined {
    const known = this.pictures.get(id);
    return known && { type: known.type, stream: createReadStream(this.pathOf(id)) };
  }

  /** Deletes all pictures. */
  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private pathOf(id: number): string {
    return join(this.folder, String(id));
  }
}

/** Lets the bytes of a picture pass, and nothing else. */
class PictureCheck extends Transform {
  bytes = 0;
  type = '';

  override _transform(chunk: Buffer, _encoding: string, done: TransformCallback): void {
    if (this.bytes === 0)
      this.type = KINDS.find(([, begin]) => chunk.subarray(0, begin.length).equals(begin))?.[0] ?? '';
    this.bytes += chunk.length;
    if (this.type === '') done(new Errors.BadRequestError('NOT_A_PICTURE'));
    else done(null, chunk);
  }

  override _flush(done: TransformCallback): void {
    done(this.bytes === 0 ? new Errors.BadRequestError('NOT_A_PICTURE') : null);
  }
}
