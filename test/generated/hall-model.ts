/*
 * What users may see, and nothing else: the rules of the gateway in the simplest words.
 */

/** A client as the model knows it. */
export interface Person {
  readonly hall: string;
  user: string | undefined;
  readonly rooms: Set<string>;
  /** Everything that it must have heard, in order. */
  readonly heard: unknown[];
}

export class HallModel {
  readonly people = new Map<number, Person>();
  private entered = 0;
  private said = 0;

  enter(hall: string, user: string | undefined): number {
    const id = this.entered++;
    this.people.set(id, { hall, user, rooms: new Set(), heard: [] });
    return id;
  }

  leave(id: number): void {
    this.people.delete(id);
  }

  /** One of those who are there. */
  pick(at: number): [number, Person] | undefined {
    const all = [...this.people];
    return all[at % all.length];
  }

  /** Something that nobody has said yet. */
  nextText(): number {
    return ++this.said;
  }

  /** Those who are in a room of a hall, all halls where none is named. */
  in(hall: string | undefined, test: (person: Person) => boolean): [number, Person][] {
    return [...this.people].filter(
      ([, person]) => (hall === undefined || person.hall === hall) && test(person),
    );
  }

  hear(people: Iterable<[number, Person]>, ...what: unknown[]): void {
    for (const [, { heard }] of people) heard.push(what);
  }
}

/** What the action that tells of a client's user and rooms must answer. */
export function knownOf({ user, rooms }: Person): object {
  const all = [...rooms].map((room) => `talk:${room}`);
  if (user !== undefined) all.push(`user:${user}`);
  return { user: user ?? null, rooms: all.sort() };
}
