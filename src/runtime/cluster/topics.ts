import type { ReceivedInput } from './received-input';
import { ABSENT, type Argument, expectValid, FAILED } from './wire';

/** Answers a question of another node, once with another state than `MORE`. */
export type Reply = (state: number, ...args: Argument[]) => void;

/** Handles what other nodes send and ask under a topic. */
export interface TopicHandlers {
  /** Takes a message. What it throws is logged. */
  readonly send?: (args: readonly unknown[], node: string) => void;
  /** Answers a question. If it throws or rejects, the answer is an error. */
  readonly ask?: (args: readonly unknown[], reply: Reply, node: string) => void | Promise<void>;
}

/** Hands over messages and questions to the handlers of their topics. */
export class Topics {
  private readonly handlers = new Map<string, TopicHandlers>();

  constructor(private readonly input: ReceivedInput) {}

  /** Registers the handlers of a topic, and returns a function that removes them. */
  handle(topic: string, handlers: TopicHandlers): () => void {
    this.handlers.set(topic, handlers);
    return () => {
      if (this.handlers.get(topic) === handlers) this.handlers.delete(topic);
    };
  }

  /** @throws MalformedMessage, and what the handler throws */
  deliver(node: string, [topic, ...args]: readonly unknown[]): void {
    expectValid(typeof topic === 'string', 'a message without a topic');
    this.handlers.get(topic)?.send?.(args, node);
  }

  /** @throws MalformedMessage if it is not a question */
  ask(node: string, [topic, ...args]: readonly unknown[], reply: Reply): void {
    expectValid(typeof topic === 'string', 'a question without a topic');
    const { ask } = this.handlers.get(topic) ?? {};
    if (!ask) {
      reply(ABSENT);
      return;
    }
    const failed = (error: unknown): void => {
      reply(FAILED, error instanceof Error ? error.message : String(error));
      this.input.failed(node, error);
    };
    try {
      ask(args, reply, node)?.catch(failed);
    } catch (error) {
      failed(error);
    }
  }
}
