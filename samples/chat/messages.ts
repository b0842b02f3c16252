import { Transform, Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Length, ValidateNested } from 'class-validator';
import type { PresenceMessage } from 'moleculer-socket-gateway';

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

  /** A secret of the page. A client that comes back with it is the same person. */
  @IsOptional()
  @Length(8, 64)
  key?: string;
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

  /** The id of the person who wrote it. */
  @IsString()
  by!: string;

  /** The name of that person. */
  @IsString()
  from!: string;

  @IsString()
  text!: string;

  /** When it was written, in milliseconds since 1970. */
  @IsInt()
  at!: number;
}

/** What somebody is told who takes a seat. */
export class Room {
  /** The id of that person. */
  @IsString()
  id!: string;

  @IsString()
  name!: string;

  @IsString()
  room!: string;

  /** The last messages. */
  @ValidateNested()
  @Type(() => ChatMessage)
  messages!: ChatMessage[];
}

/** Somebody with a seat, on any number of pages. Two people may have one name. */
export class Person {
  @IsString()
  id!: string;

  @IsString()
  name!: string;
}

/** A message on its way to all nodes. */
export interface Said {
  room: string;
  message: ChatMessage;
  /** Who wrote it, and has it already. */
  socketId: string;
}

export interface ToPage {
  presence(change: PresenceMessage<{ name: string }>): void;
  message(message: ChatMessage): void;
  typing(person: Person): void;
}
