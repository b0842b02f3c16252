import { IsInt, Length } from 'class-validator';

/** What a client sends. */
export class NewNote {
  @Length(1, 200, { message: 'A note has 1 to 200 characters.' })
  text!: string;
}

/** What clients are sent. */
export class Note extends NewNote {
  @Length(1, 50)
  from!: string;

  /** When it was written, in milliseconds since 1970. */
  @IsInt()
  at!: number;
}

export interface Account {
  id: string;
}

export interface ToClient {
  note(note: Note): void;
}
