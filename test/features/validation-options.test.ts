import { IsIn, IsString } from 'class-validator';
import { expect } from 'chai';
import { MessageBody, SocketEvent, SocketGateway, SocketNamespace, type ValidationOptions } from '../../src';
import { problemsOf, untyped } from '../compiler/problems-of';
import { ask, connect, start } from '../support/run-in-memory';

class NewMessage {
  @IsString() room!: string;
  @IsIn(['a', 'b']) text!: string;
}

const message = { room: 'tea', text: 'a', isAdmin: true };

/** Sends a message with a property too many to a gateway with these options. */
async function answerWith(
  validation: ValidationOptions | undefined,
  sent: object = message,
): ReturnType<typeof ask> {
  @SocketNamespace('/x', { name: 'chat', settings: { port: 0 }, ...(validation && { validation }) })
  class ChatGateway extends SocketGateway {
    @SocketEvent()
    send(@MessageBody() body: NewMessage) {
      return body;
    }
  }
  return ask(await connect(await start(ChatGateway)), 'send', sent);
}

describe('the options of validation', () => {
  const KEEPING_THE_DEFAULT: Record<string, ValidationOptions | undefined> = {
    'none at all': undefined,
    'an empty object': {},
    stopAtFirstError: { stopAtFirstError: true },
    forbidUnknownValues: { forbidUnknownValues: true },
    'options of class-transformer': { exposeDefaultValues: true },
    'compiled: false': { compiled: false },
    'whitelist: undefined': { whitelist: undefined },
  };
  for (const [title, validation] of Object.entries(KEEPING_THE_DEFAULT)) {
    it(`come on top of { whitelist: true }: ${title}`, async () => {
      expect(await answerWith(validation)).to.deep.equal({ error: null, result: { room: 'tea', text: 'a' } });
    });
  }

  it('may refuse what the default drops', async () => {
    const { error } = await answerWith({ forbidNonWhitelisted: true });
    expect(error).to.have.nested.property('data[0].field', 'isAdmin');
  });

  it('may keep what the default drops', async () => {
    expect(await answerWith({ whitelist: false })).to.deep.equal({ error: null, result: message });
  });

  it('say the same of an invalid payload, compiled and not', async () => {
    const wrong = { room: 5, text: 'c' };
    const { error: compiled } = await answerWith({}, wrong);
    const { error: byLibraries } = await answerWith({ compiled: false }, wrong);
    expect(compiled).to.have.property('code', 422);
    expect(byLibraries).to.deep.equal(compiled);
  });

  it('that are misspelt do not compile', () => {
    @SocketNamespace('/x', { validation: untyped({ compile: false, whitelst: false }) })
    class ChatGateway extends SocketGateway {
      @SocketEvent()
      send(@MessageBody() body: NewMessage) {
        return body;
      }
    }
    const problems = problemsOf(ChatGateway).join('\n');
    expect(problems)
      .to.match(/validation\.compile is unknown.*compiled/)
      .and.match(/validation\.whitelst is unknown.*whitelist/);
  });
});
