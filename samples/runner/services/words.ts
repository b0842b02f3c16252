/** What the greeter says. It is no service: a change of it reloads the gateway that imports it. */
export const greet = (name: string): string => `Hello ${name}`;
