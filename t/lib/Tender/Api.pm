package Tender::Api;

# Copyright (C) ngx_tender_module contributors

# What tests of the procurement dialect have in common.
#
#   refused($r, 404, [url => 'id', 'Not Found'], 'a tender that is not');
#   my $tender = publish($t, { method => 'Open' });     # or JSON text
#   my $fields = stored($t, $tender->{id});             # of its hash

use strict;
use warnings;

use Exporter 'import';
use JSON::PP ();
use POSIX ();
use Test::More;


our @EXPORT = qw(refused publish stored revisions events date_in bare);

our $TYPE = 'application/json; charset=UTF-8';


# the status and exactly these errors, in this form, in any order

sub refused {
    my ($r, $status, @errors) = @_;

    my $name = pop @errors;
    my $body = eval { $r->json } || { body => $r->body };

    my $got = ref $body->{errors} eq 'ARRAY'
            ? [sort map { text($_) } @{ $body->{errors} }] : $body;

    my @want = map { { location => $_->[0], name => $_->[1],
                       description => $_->[2] } } @errors;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    is_deeply([$r->status, scalar $r->header('Content-Type'),
               $body->{status}, join(' ', sort keys %$body), $got],
              [$status, $TYPE, 'error', 'errors status',
               [sort map { text($_) } @want]], $name)
        or diag($r->head, $r->body);
}


sub text { JSON::PP->new->canonical->allow_nonref->encode($_[0]) }


sub publish {
    my ($t, $data, %opt) = @_;

    my $r = ($opt{client} || $t)->post($opt{path} || '/api/0.1/tenders',
                                       ref $data ? { data => $data } : $data);

    die 'a tender was not published: ', $r->status, ' ', $r->body
        if $r->status != 201;

    return $r->json->{data};
}


# the body of what was created as it is read later: without its token

sub bare {
    my ($r) = @_;

    return $r->body =~ s/,\s*"access":\s*\{\s*"token":\s*"\w+"\s*\}//r;
}


# a tender as the store has it: rev, us, status, number, doc

sub stored {
    my ($t, $id, $prefix) = @_;

    my $values = $t->redis('HMGET', ($prefix // '{b0}:') . "tender:$id",
                           'head', 'doc');
    my %record;

    return if !defined $values->[0];

    @record{qw(rev us status number)} = split / /, $values->[0];
    $record{doc} = $values->[1];

    return \%record;
}


# [us, author, patch], the first change first

sub revisions {
    my ($t, $id) = @_;

    my $list = $t->redis('LRANGE', "{b0}:tender:$id:revisions", 0, -1);

    return map { [split / /, $_, 3] } @$list;
}


# {op, id, rev}, the first one first

sub events {
    my ($t) = @_;

    return map { +{ @{ $_->[1] } } }
           @{ $t->redis('XRANGE', '{b0}:events', '-', '+') };
}


# a date without zone, so many seconds after now in UTC

sub date_in {
    my ($seconds) = @_;

    return POSIX::strftime('%Y-%m-%dT%H:%M:%S', gmtime(time() + $seconds));
}


1;
