
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender.h"


size_t
ngx_http_tender_network(ngx_connection_t *c, size_t len, u_char *p)
{
    u_char               *addr;
    struct sockaddr_in   *sin;
#if (NGX_HAVE_INET6)
    struct sockaddr_in6  *sin6;
#endif

    switch (c->sockaddr->sa_family) {

    case AF_INET:
        sin = (struct sockaddr_in *) c->sockaddr;
        addr = (u_char *) &sin->sin_addr;
        break;

#if (NGX_HAVE_INET6)
    case AF_INET6:
        sin6 = (struct sockaddr_in6 *) c->sockaddr;
        addr = sin6->sin6_addr.s6_addr;

        if (IN6_IS_ADDR_V4MAPPED(&sin6->sin6_addr)) {
            addr += 12;
            break;
        }

        *p = '6';
        ngx_memcpy(p + 1, addr, 8);

        return 9;
#endif

    default: /* AF_UNIX */
        *p = 'u';
        return 1;
    }

    *p = '4';
    ngx_memcpy(p + 1, addr, len);

    return 1 + len;
}
