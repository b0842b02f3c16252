import { io } from 'socket.io-client';

/** Greets, and goes on: change words.ts meanwhile, and the answers change. */
export function tryIt(url: string, print: (line: string) => void) {
  const greeter = io(`${url}/greeter`, { forceNew: true });
  const greet = () => {
    greeter.emit('greet', 'Ada', (error: { message: string } | null, answer: string) =>
      print(error?.message ?? answer),
    );
  };
  greeter.on('connect', greet);
  greeter.on('disconnect', (reason) => print(`the gateway is started anew (${reason})`));
  return () => greeter.close();
}

if (require.main === module) {
  tryIt(`http://localhost:${process.env.PORT || 3000}`, console.log);
  console.log('Change what samples/runner/services/words.ts says. Ctrl-C ends this.');
}
