"""The words: ids, states, specs, points, requests, errors. No I/O, standard library only."""
