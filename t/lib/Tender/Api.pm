package Tender::Api;

# Copyright (C) ngx_tender_module contributors

# What tests of the procurement dialect have in common.
#
#   refused($r, 404, [url => 'id', 'Not Found'], 'a tender that is not');
#   my $tender = publish($t, { method => 'Open' });     # or JSON text
#   my $fields = stored($t, $tender->{id});             # of its hash
#
# with qw(:DEFAULT :life)
#
#   my $own = issue($t, { method => 'Open' });          # with its token
#   my $own = issue($t, {}, from => -60, till => 3600); # bids are sealed
#   my $bid = offer($t, $own, { bidders => [...] });    # with its token
#   put_stage($t, $own->{id}, 'active.awarded');        # as if it came so far

use strict;
use warnings;

use Exporter 'import';
use JSON::PP ();
use POSIX ();
use Test::More;


our @EXPORT = qw(refused publish stored revisions events date_in bare);

my @life = qw(created issue offer put_stage everything keep_store bring_back
              @STAGES);

our @EXPORT_OK = @life;
our %EXPORT_TAGS = (life => \@life);

our @STAGES = qw(active.enquiries active.tendering active.auction
                 active.qualification active.awarded complete unsuccessful
                 cancelled);

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


# a tender or a bid that was created: id, token, receipt, data, url, answer

sub created {
    my ($r) = @_;

    die 'it was not created: ', $r->status, ' ', $r->body
        if $r->status != 201;

    my $answer = $r->json;
    my ($url)  = $r->header('Location') =~ m{^http://[^/]+(/.*)$};

    return { id => $answer->{data}{id}, token => $answer->{access}{token},
             receipt => $answer->{receipt}, data => $answer->{data},
             url => $url, answer => $r };
}


# with till it takes bids by the clock, so many seconds from now, until that

sub issue {
    my ($t, $data, %opt) = @_;

    $data = { totalValue => { amount => 500, currency => 'UAH' },
              %{ $data || {} } };
    $data->{tenderPeriod} = {
        defined $opt{from} ? (startDate => date_in($opt{from}) . 'Z') : (),
        endDate => date_in($opt{till}) . 'Z',
    } if defined $opt{till};

    return created(($opt{client} || $t)->post(
                       $opt{path} || '/api/0.1/tenders', { data => $data }));
}


sub offer {
    my ($t, $tender, $data, %opt) = @_;

    $data = ref $data ? { %$data } : { totalValue => { amount => $data } };

    return created(($opt{client} || $t)->post("$tender->{url}/bidders",
                                              { data => $data }));
}


# a status as the store has it, with all that goes with it; while it is sealed
# nobody sees bids

sub put_stage {
    my ($t, $id, $status, $sealed) = @_;

    my $key = "{b0}:tender:$id";
    my $was = stored($t, $id);
    my ($more, $own) = @{ $t->redis('HMGET', $key, 'more', 'own') };
    my @own = split / /, $own;

    # bids are taken shortly before the end of a tender that takes none yet
    $own[3] = $own[4] - 1 if $own[4] && $status eq $STAGES[0];

    $sealed //= $own[4] && grep { $_ eq $status } @STAGES[0 .. 2], 'cancelled';
    $more   ||= '0 0 0 0 o 0';
    $more   =~ s/ [so] (\d)$/($sealed ? ' s ' : ' o ') . $1/e;

    $t->redis('HSET', $key, 'head',
              "$was->{rev} $was->{us} $status $was->{number}", 'more', $more,
              'own', join ' ', @own);
    $t->redis('ZREM', '{b0}:due', $id);

    my ($entry) = grep { /^$id/ }
                  @{ $t->redis('ZRANGEBYSCORE', '{b0}:feed',
                               ($was->{us}) x 2) };

    $t->redis('ZREM', "{b0}:idx:status:$was->{status}", $entry);
    $t->redis('ZADD', "{b0}:idx:status:$status", $was->{us}, $entry);
}


# all that the store holds, as one text, but for the index of words, which is
# looked after in the background

sub everything {
    my ($t) = @_;

    my %read = (
        string => sub { $t->redis('GET', @_) },
        list   => sub { @{ $t->redis('LRANGE', @_, 0, -1) } },
        hash   => sub { my %h = @{ $t->redis('HGETALL', @_) };
                        map { ($_, $h{$_}) } sort keys %h },
        zset   => sub { @{ $t->redis('ZRANGE', @_, 0, -1, 'WITHSCORES') } },
        stream => sub { map { ($_->[0], @{ $_->[1] }) }
                        @{ $t->redis('XRANGE', @_, '-', '+') } },
    );

    return join "\n", map { my $key = $_;
                            ($key, $read{ $t->redis('TYPE', $key) }->($key)) }
                      sort grep { !/:idx:(?!status)/ }
                           @{ $t->redis('KEYS', '*') };
}


# the store as it is, and back to that

sub keep_store {
    my ($t) = @_;

    return { map { $_ => $t->redis('DUMP', $_) }
             @{ $t->redis('KEYS', '*') } };
}


sub bring_back {
    my ($t, $kept) = @_;

    $t->redis('FLUSHDB');
    $t->redis('RESTORE', $_, 0, $kept->{$_}) for keys %$kept;
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
