import { Transform, Type } from 'class-transformer';
import { IsInt, IsString, Length, ValidateNested } from 'class-validator';

const Trimmed = () =>
  Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value));

/** Who wants to sit where. */
export class Seat {
  @Trimmed()
  @Length(1, 24, { message: 'Please pick a name of 1 to 24 characters.' })
  name!: string;

  @Trimmed()
  @Length(1, 24, { message: 'Please pick a room of 1 to 24 characters.' })
  room!: string;
}

export class NewMessage {
  /** Chosen by the page: a message that is sent again because its answer got lost keeps its id. */
  @Length(8, 40)
  id!: string;

  @Trimmed()
  @Length(1, 500, {
    message: ({ value }) =>
      value ? 'That is too long: a message has at most 500 characters.' : 'Write something first.',
  })
  text!: string;
}

/** What the gateway sends. */
export class ChatMessage {
  @IsString()
  id!: string;

  @IsString()
  from!: string;

  @IsString()
  text!: string;

  /** When it was written, in milliseconds since 1970. */
  @IsInt()
  at!: number;
}

/** Somebody in the room. */
export class Person {
  @IsString()
  id!: string;

  @IsString()
  name!: string;
}

/** What somebody is told who takes a seat. */
export class Room {
  @IsString()
  name!: string;

  @IsString()
  room!: string;

  /** The last messages. */
  @ValidateNested()
  @Type(() => ChatMessage)
  messages!: ChatMessage[];
}

export interface ToPage {
  people(people: Person[]): void;
  message(message: ChatMessage): void;
  typing(name: string): void;
}
