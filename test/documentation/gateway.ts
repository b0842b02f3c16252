/*
 * The types of a gateway, as the command `types` writes them: what docs/client.md imports from './gateway'.
 */

export interface ChatMessage {
  text: string;
  at: string;
}

type AckOf<Result> = (
  error: { name: string; message: string; code: number | string } | null,
  result: Result,
) => void;

interface NewMessage {
  room: string;
  text: string;
}

export interface Chat {
  toServer: {
    message: (...args: [message: NewMessage] | [message: NewMessage, ack: AckOf<{ id: number }>]) => void;
  };
  toClient: { message: (message: ChatMessage) => void };
  calls: { message: (message: NewMessage) => { id: number } };
  streams: { history: (query: { room: string }) => ChatMessage };
  uploads: { photo: (photo: { name: string }) => { url: string } };
  auth: { token?: string };
}
