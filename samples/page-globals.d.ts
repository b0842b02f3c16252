/** The pages of the samples load socket.io's own client, which the gateway's server serves. */
declare const io: typeof import('socket.io-client').io;
