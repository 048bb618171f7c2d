package Tender::Page;

# Copyright (C) ngx_tender_module contributors

# A page of the documents is what a server does: its commands are run, in
# order, by one shell, and answer as the page says.
#
#   my $page = Tender::Page->new(
#       t => $t, name => 'access.md', given => { ADMIN => 'admin@*:secret' });
#
#   $page->run($text);
#
# Blocks of sh are run as they are; in blocks of console stand "$ command",
# which goes on behind a backslash and within quotes, and its answer.  An
# answer may begin with a status and some of the headers.  A line that ends
# with U+23CE goes on in the next one.  "NAME=value" of a name in given gets
# that value.
#
# What no two runs share (ids, secrets, dates) is numbered by its first
# appearance, in the page and in the answers: the same thing has to appear in
# the same places.  In the page's JSON a member "..." stands for those that
# are not shown.

use strict;
use warnings;

use IPC::Open2 ();
use JSON::PP ();
use Test::More;


my $json = JSON::PP->new->utf8->canonical->allow_nonref;
my $host = 'http://127.0.0.1:8080';

my $varies = qr{
    \btnd[kf][0-9A-Za-z]{32}\b                  # api_code, refresh code
    | \btndc[0-9A-Za-z]{40}\b                   # client secret
    | \btnd[ar]_[0-9a-f]{96}\b                  # token
    | \b(?:[0-9a-f]{64}|[0-9a-f]{32})\b         # hash, id
    | \b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b   # UUID
    | \b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z
}x;


sub new {
    my ($class, %opt) = @_;

    my $self = bless { given => {}, of_page => {}, of_run => {}, run => [],
                       name => 'page', n => 0, %opt }, $class;
    my $dir  = $self->{t}->dir . '/page';

    mkdir $dir or die "mkdir: $!\n";
    delete @ENV{ grep { /_proxy$/i } keys %ENV };

    $self->{pid} = IPC::Open2::open2(
        my $out, my $in, 'sh', '-c', 'cd "$1" && exec sh 2>&1', 'sh', $dir);
    @{$self}{qw(out in)} = ($out, $in);
    $in->autoflush;

    $self->shell('curl() { command curl -s --max-time 20 "$@"; }');

    return $self;
}


sub finish {
    my ($self) = @_;

    close $self->{in};
    waitpid $self->{pid}, 0;
    $? = 0;
}


# what the shell says to a command, and its status

sub shell {
    my ($self, $command) = @_;

    my $end = '-- ' . ++$self->{n} . ' --';
    my $got = '';

    print { $self->{in} } "$command\nprintf '\\n$end %d\\n' \$?\n";

    while (defined(my $line = readline $self->{out})) {
        if ($line =~ /^\Q$end\E (\d+)$/) {
            my $status = $1;

            return ($got =~ s/\n\z//r, $status);
        }

        $got .= $line;
    }

    die "the shell has ended: $got\n";
}


sub run {
    my ($self, $text) = @_;

    my $commands = 0;

    $text =~ s/\xe2\x8f\x8e\n//g;

    while ($text =~ /^```(sh|console)\n(.*?)^```$/msg) {
        my ($kind, $block) = ($1, $2);

        if ($kind eq 'sh') {
            my ($got, $status) = $self->shell($block);

            is($status, 0, "$self->{name}: a block of sh") or diag($got);
            next;
        }

        for my $example (examples($block)) {
            $self->example(@$example);
            $commands++;
        }
    }

    return $commands;
}


sub examples {
    my ($block) = @_;

    my @found;

    for my $part (split /^\$ /m, $block) {
        next if $part eq '';

        my $command = '';

        while ($part =~ s/^(.*\n)//) {
            $command .= $1;
            last if $command !~ /\\\n\z/ && ($command =~ tr/'//) % 2 == 0;
        }

        push @found, [$command =~ s/\n\z//r, $part =~ s/\n+\z//r];
    }

    return @found;
}


sub example {
    my ($self, $command, $answer) = @_;

    my $url  = $self->{t}->url;
    my $name = "$self->{name}: " . substr $command =~ s/\s+/ /gr, 0, 60;

    $command =~ s/($varies)/$self->known($1)/ge;
    $command =~ s/\Q$host\E/$url/g;

    if ($command =~ /\A([A-Z]+)=/) {
        $command = "$1='$self->{given}{$1}'" if $self->{given}{$1};

        my ($got, $status) = $self->shell($command);

        return is("$status $got", '0 ', "$name: says nothing");
    }

    my $plain = $command !~ /\Acurl / || $command =~ / \| | -o /;

    $command =~ s/\Acurl /curl -i / if !$plain;

    my ($got, $status) = $self->shell($command);

    is($status, 0, "$name: done") or diag($got);
    $got =~ s/\Q$url\E/$host/g;

    return $self->same($got, $answer, "$name: text") if $plain;

    $self->answer($name, $got, $answer);
}


sub answer {
    my ($self, $name, $got, $answer) = @_;

    # what was said to "Expect: 100-continue"
    $got =~ s{\AHTTP/1\.1 100 .*?\r\n\r\n}{}s;

    my ($head, $body) = split /\r\n\r\n/, $got, 2;
    my ($status) = ($head // '') =~ m{\AHTTP/1\.1 (\d{3}) };

    return fail("$name: no answer") if !$status;

    if ($answer =~ m{\AHTTP/1\.1 (\d{3})}) {
        is($status, $1, "$name: status") or diag($body);

        (my $headers, $answer) = split /\n\n/, $answer, 2;

        for my $line ((split /\n/, $headers)[1 .. $headers =~ tr/\n//]) {
            my ($key) = split /:/, $line;
            my ($value) = $head =~ /^(\Q$key\E: [^\r\n]*)/m;

            $self->same($value // '', $line, "$name: $key");
        }

    } else {
        like($status, qr/^20\d$/, "$name: status $status") or diag($body);
    }

    $self->body($name, $body, $answer // '');
}


sub body {
    my ($self, $name, $body, $answer) = @_;

    my $expected = eval { $json->decode($answer) };

    # scripts, XML, CSV are compared as they are

    return $self->same($body, $answer, "$name: text") if !ref $expected;

    my $got = eval { $json->decode($body) };

    return fail("$name: not JSON: $body") if !$got;

    $self->same($json->encode(cut($got, $expected)),
                $json->encode(cut($expected, $expected)), "$name: body");
}


# without the members that the page does not show

sub cut {
    my ($got, $shown) = @_;

    if (ref $got eq 'HASH' && ref $shown eq 'HASH') {
        my $open = exists $shown->{'...'};
        my @keys = grep { $_ ne '...' && (!$open || exists $shown->{$_}) }
                   keys %$got;

        return { map { $_ => cut($got->{$_}, $shown->{$_}) } @keys };
    }

    if (ref $got eq 'ARRAY' && ref $shown eq 'ARRAY') {
        return [ map { cut($got->[$_], $shown->[$_]) } 0 .. $#$got ];
    }

    return $got;
}


sub same {
    my ($self, $got, $expected, $name) = @_;

    s/\r\n/\n/g, s/\n+\z// for $got, $expected;

    my $text = number($got, $self->{of_run});

    $self->{run}[ $self->{of_run}{$_} ] = $_ for keys %{ $self->{of_run} };

    is($text, number($expected, $self->{of_page}), $name);
}


sub number {
    my ($text, $seen) = @_;

    $text =~ s/($varies)/'<' . ($seen->{$1} \/\/= scalar keys %$seen) . '>'/ge;

    return $text;
}


# what the run has for something that the page has named

sub known {
    my ($self, $token) = @_;

    my $n = $self->{of_page}{$token};

    return $token if $token =~ /^(?:tnd[a-z]_?)?0+$/;
    return $self->{run}[$n] if defined $n && defined $self->{run}[$n];

    fail("$self->{name}: $token is in a command before an answer");
    return $token;
}


1;
