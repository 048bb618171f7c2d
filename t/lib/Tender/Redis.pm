package Tender::Redis;

# Copyright (C) ngx_tender_module contributors

# A small RESP client: my $r = Tender::Redis->new($path_or_host_port);
# $r->call('GET', 'key').  Strings and integers are scalars, nil is undef,
# lists are array references; an error reply dies with its text.

use strict;
use warnings;

use IO::Socket::INET;
use IO::Socket::UNIX;


sub new {
    my ($class, $addr) = @_;

    my $sock = connect_to($addr) or die "cannot connect to $addr: $!\n";

    return bless { sock => $sock }, $class;
}


# a path, unix:path or host:port

sub connect_to {
    my ($addr) = @_;

    $addr =~ s/^unix://;

    return $addr =~ m{^/} ? IO::Socket::UNIX->new(Peer => $addr)
                          : IO::Socket::INET->new(PeerAddr => $addr);
}


sub encode {
    my (@args) = @_;

    utf8::encode($_) for grep { utf8::is_utf8($_) } @args;

    return '*' . @args . "\r\n"
           . join '', map { '$' . length($_) . "\r\n$_\r\n" } @args;
}


sub call {
    my ($self, @args) = @_;

    return ($self->pipeline(\@args))[0];
}


# several commands at once; an error among the replies dies at its end

sub pipeline {
    my ($self, @commands) = @_;

    local $SIG{PIPE} = 'IGNORE';

    print { $self->{sock} } join '', map { encode(@$_) } @commands;
    $self->{sock}->flush;

    my @replies = map { $self->reply } @commands;
    my ($error) = grep { ref eq 'Tender::Redis::Error' } @replies;

    die "$$error\n" if $error;

    return @replies;
}


sub reply {
    my ($self) = @_;

    my $line = readline $self->{sock};

    defined $line or die "the connection to Redis was closed\n";

    my ($type, $rest) = $line =~ /^([-+:\$*])(.*)\r\n$/s
        or die "not a reply: $line\n";

    return $rest                                if $type =~ /[+:]/;
    return bless \$rest, 'Tender::Redis::Error' if $type eq '-';
    return undef                                if $rest < 0;
    return [map { $self->reply } 1 .. $rest]    if $type eq '*';

    my $left = $rest + 2;
    my $data = '';

    while ($left) {
        my $n = read $self->{sock}, $data, $left, length $data;

        $n or die "the connection to Redis was closed\n";
        $left -= $n;
    }

    return substr $data, 0, $rest;
}


1;
