import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  Ctx,
  MessageBody,
  MessageStream,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type SocketContext,
} from 'moleculer-socket-gateway';
import { ExportRequest, NewPicture, Picture, Question, type Sale, type ToPage } from './messages';
import { PictureStore } from './picture-store';

const MEGABYTE = 1024 * 1024;
const CITIES = ['Bergen', 'Cádiz', 'Graz', 'Hyderabad', 'Kyoto', 'Leipzig', 'Quito', 'Windhoek'] as const;
/** Milliseconds between two words of an answer. */
const PAUSE_MS = 30;

@SocketNamespace('/studio', { sends: { picture: [Picture] } })
export class StudioGateway extends SocketGateway<ToPage> {
  readonly store = new PictureStore();

  /** Saves a picture, and shows it to everybody. */
  @SocketEvent('upload', {
    description: 'Saves a picture of at most 20 MB, and shows it to everybody.',
    stream: { maxBytes: 20 * MEGABYTE, objects: false },
    returns: Picture,
  })
  async upload(@MessageBody() { name }: NewPicture, @MessageStream() stream: Readable): Promise<Picture> {
    const picture = await this.store.save(name, stream);
    this.io.of('/studio').emit('picture', picture);
    return picture;
  }

  /** Returns all pictures, the newest first. */
  @SocketEvent('pictures', { returns: [Picture] })
  pictures(): Picture[] {
    return this.store.list();
  }

  /** Returns sales, as many as are asked for, no faster than they are read. */
  @SocketEvent('export')
  async *export(@MessageBody() { rows }: ExportRequest): AsyncGenerator<Sale> {
    for (let id = 1; id <= rows; id++) {
      yield { id, city: CITIES[id % CITIES.length] ?? 'Bergen', amount: (id * 7919) % 100_000 };
    }
  }

  /** Answers a question word by word, until the client has read enough. */
  @SocketEvent('ask')
  async *ask(@MessageBody() { text }: Question, @Ctx() ctx: SocketContext): AsyncGenerator<string> {
    const answer =
      `You asked: “${text}” A model would think now. This one only knows that every word of this answer is a message of its ` +
      'own, that it is on your screen before the next one is there, and that Stop ends the loop that writes it: no word is ' +
      'made that nobody reads.';
    for (const word of answer.split(' ')) {
      yield `${word} `;
      await sleep(PAUSE_MS, undefined, { signal: ctx.signal });
    }
  }

  stopped() {
    this.store.close();
  }
}
