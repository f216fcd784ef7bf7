// In place of the package `debug`, which a bundled module loads and nobody reads: it needs `node:tty` at run time.
module.exports = () => () => undefined;
