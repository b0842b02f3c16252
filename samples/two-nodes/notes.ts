import type { Context, ServiceSchema } from 'moleculer';

/** What is on the board. */
export interface Note {
  /** Chosen by the page: a note that is sent twice is on the board once. */
  id: string;
  from: string;
  /** The node that it came in on. */
  node: string;
  text: string;
}

const KEPT = 100;
const notes = new Map<string, Note>();

/** Keeps the notes, on a node without gateways: nodes with gateways may come and go. */
export const NOTES: ServiceSchema = {
  name: 'notes',
  actions: {
    /** Returns true if the note is new. */
    add({ params }: Context<Note>) {
      if (notes.has(params.id)) return false;
      notes.set(params.id, params);
      for (const id of notes.keys()) if (notes.size > KEPT) notes.delete(id);
      return true;
    },
    list: () => [...notes.values()],
  },
};
