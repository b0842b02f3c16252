import { IsInt, IsString, Length, Matches, Max, Min } from 'class-validator';

/** Who is connected. */
export interface Account {
  id: string;
  name: string;
  tenant: string;
  roles: string[];
}

export interface Ticket {
  id: number;
  tenant: string;
  customer: string;
  subject: string;
  open: boolean;
}

export class NewTicket {
  @Length(3, 80, { message: 'Please say in 3 to 80 characters what it is about.' })
  subject!: string;
}

export class NewMessage {
  @IsInt()
  ticket!: number;

  @Length(1, 1000)
  text!: string;
}

export class NewFile {
  @IsInt()
  ticket!: number;

  @Matches(/^[\w. -]{1,60}$/)
  name!: string;

  @IsInt()
  @Min(1)
  @Max(20 * 1024 * 1024)
  size!: number;
}

export class FileId {
  @IsString()
  id!: string;
}

/** What clients are sent. */
export interface ToClient {
  'ticket.opened'(ticket: Ticket): void;
  message(message: { ticket: number; from: string; text: string; at: number }): void;
  file(file: { ticket: number; id: string; name: string; from: string }): void;
}
