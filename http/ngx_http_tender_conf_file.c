
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_conf_file.h"


ngx_int_t
ngx_http_tender_conf_file(ngx_conf_t *cf, ngx_str_t *name, u_char *buf,
    size_t *len)
{
    size_t    size;
    ssize_t   n;
    ngx_fd_t  fd;

    if (ngx_conf_full_name(cf->cycle, name, 1) != NGX_OK) {
        return NGX_ERROR;
    }

    /* a pipe that nobody writes to is not waited for */

    fd = ngx_open_file(name->data, NGX_FILE_RDONLY|NGX_FILE_NONBLOCK,
                       NGX_FILE_OPEN, 0);

    if (fd == NGX_INVALID_FILE) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           ngx_open_file_n " \"%V\" failed", name);
        return NGX_ERROR;
    }

    size = *len;
    *len = 0;

    do {
        n = ngx_read_fd(fd, buf + *len, size - *len);

        if (n > 0) {
            *len += n;
        }

    } while (n > 0 && *len < size);

    if (n < 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           ngx_read_fd_n " \"%V\" failed", name);
    }

    (void) ngx_close_file(fd);

    return (n < 0) ? NGX_ERROR : NGX_OK;
}
