/** ip(8): addr, link, route. */
