package Tender::Document;

# Copyright (C) ngx_tender_module contributors

# What tests of documents have in common.
#
#   my $r = upload($c, $path, 'the bytes', name => 'plan.pdf');
#   my $r = upload($c, $item, 'the bytes', method => 'PUT', token => $token);
#   my $r = raw($c, $path, 'the bytes', name => 'plan.pdf');
#   my ($type, $body) = form({ name => 'file', filename => 'x', data => '' });
#   my $r = $c->get(below($document->{url}));
#
# $c is a Tender::Test or one of its clients.

use strict;
use warnings;

use Exporter 'import';


our @EXPORT = qw(upload raw form below bytes files left);

our $BOUNDARY = '----------------------------0123456789abcdef';


# a form; a part may have a name, a filename, a type, more headers, data

sub form {
    my (@parts) = @_;

    my $body = '';

    for my $part (@parts) {
        my @head = "Content-Disposition: form-data"
                   . join '', map { qq(; $_="$part->{$_}") }
                     grep { defined $part->{$_} } qw(name filename);

        push @head, "Content-Type: $part->{type}" if defined $part->{type};
        push @head, @{ $part->{head} || [] };

        $body .= join "\r\n", "--$BOUNDARY", @head, '', $part->{data}, '';
    }

    return ("multipart/form-data; boundary=$BOUNDARY",
            "$body--$BOUNDARY--\r\n");
}


sub upload {
    my ($c, $path, $data, %opt) = @_;

    my ($type, $body) = form({
        name => 'file', filename => $opt{name} // 'file.bin',
        type => $opt{type} // 'application/octet-stream', data => $data,
    });

    return $c->request($opt{method} || 'POST', $path, {
        'Content-Type' => $type, token(%opt), %{ $opt{headers} || {} },
    }, $body);
}


# the file is the body; without a name if that is undef

sub raw {
    my ($c, $path, $data, %opt) = @_;

    return $c->request($opt{method} || 'POST', $path, {
        'Content-Type' => $opt{type},
        defined $opt{name}
            ? ('Content-Disposition' => qq(attachment; filename="$opt{name}"))
            : (),
        token(%opt), %{ $opt{headers} || {} },
    }, $data);
}


sub token {
    my (%opt) = @_;

    return $opt{token} ? ('X-Access-Token' => $opt{token}) : ();
}


# an address without its host

sub below { $_[0] =~ s{^https?://[^/]+}{}r }


# so many bytes that do not repeat themselves

sub bytes {
    my ($n) = @_;

    my $text = '';
    my $i    = 0;

    $text .= pack 'N*', map { ($_ * 2654435761) % 4294967296 }
                        $i + 1 .. $i + 4096 and $i += 4096
        while length $text < $n;

    return substr $text, 0, $n;
}


# the files in the store: key => seconds that it has left, -1: it stays

sub files {
    my ($t) = @_;

    my @keys = grep { /:file:/ } @{ $t->redis('KEYS', '*') };

    return { map { $_ => $t->redis('TTL', $_) } @keys };
}


# those that belong to nothing

sub left {
    my ($t) = @_;

    my $files = files($t);

    return grep { $files->{$_} >= 0 } sort keys %$files;
}


1;
